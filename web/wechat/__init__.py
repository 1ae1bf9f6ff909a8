"""The callback of a WeChat official account: questions come in as messages, answers go out as passive replies."""
