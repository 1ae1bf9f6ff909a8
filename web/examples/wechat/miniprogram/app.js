App({
  onLaunch() {
    // 不写 env 即用小程序的默认云环境
    wx.cloud.init();
  },
});
