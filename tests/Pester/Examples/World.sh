#!/bin/sh
# Runs a command in the world of the help's examples: names, addresses and folders of its own, which end with it. It needs no rights: the
# user, mount and network namespaces are its own, and nothing outside of them is touched.
# usage: World.sh FOLDER COMMAND...; FOLDER is an empty one
set -e
if [ -z "$EXAMPLES_WORLD" ]; then
    EXAMPLES_WORLD=1 exec unshare --user --map-root-user --mount --net -- sh "$0" "$@"
fi
folder=$1
shift
ip link set lo up
for address in 10.142.50.10 10.142.51.10 10.142.52.10 10.142.53.10; do ip address add "$address/32" dev lo; done
mount -t tmpfs none "$folder"
mkdir "$folder/etc" "$folder/etc/pandora" "$folder/etc/tentacle" "$folder/here"
for name in passwd group nsswitch.conf ssl ca-certificates localtime dotnet ld.so.cache alternatives; do
    if [ -e "/etc/$name" ]; then cp -RL "/etc/$name" "$folder/etc/" 2>/dev/null || true; fi
done
cat > "$folder/etc/hosts" <<EOF
127.0.0.1    localhost
10.142.50.10 north.example
10.142.51.10 south.example
10.142.52.10 east.example
EOF
mount --bind "$folder/etc" /etc
mount -t tmpfs none /var/spool
export TZ=UTC
cd "$folder/here"
exec "$@"
