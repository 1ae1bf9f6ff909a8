#!/bin/sh
# What a container does before it serves: an empty volume gets the model and the index that the image was built with;
# then the index is brought up to what the image and the volume hold, which takes a second where nothing changed.
set -eu

seed=$YIYANG_SEED
mkdir -p "$YIYANG_HOME/models"
for model in "$seed"/models/*/; do
    name=$(basename "$model")
    if [ ! -e "$YIYANG_HOME/models/$name/manifest.json" ]; then
        copy=$(mktemp -d "$YIYANG_HOME/models/.copying-XXXXXX")
        cp -R "$model." "$copy"
        chmod 755 "$copy"
        mv -T "$copy" "$YIYANG_HOME/models/$name" 2>/dev/null || rm -rf "$copy" # another container was first
    fi
done
if [ ! -e "$YIYANG_HOME/index/current" ]; then
    mkdir -p "$YIYANG_HOME/index"
    cp -R "$seed"/index/*/ "$YIYANG_HOME/index/"
    cp "$seed/index/current" "$YIYANG_HOME/index/.copied"
    mv "$YIYANG_HOME/index/.copied" "$YIYANG_HOME/index/current"
fi
python -m index build
exec "$@"
