#!/bin/bash
# A real VM: a kernel that is unpacked and not installed, and an initramfs of busybox and this machine's keepalived, at a
# tap that is there. It ends with this process, and what it says goes to standard output.
#   vm.sh KERNEL DIRECTORY TAP MAC ADDRESS/LENGTH
# In the directory: keepalived.conf, as HAVIP made it.
set -eu
kernel=$1 directory=$2 tap=$3 mac=$4 address=$5
root=$directory/root
PATH=$PATH:/usr/sbin:/sbin

mkdir -p "$root"/{bin,dev,etc,modules,proc,run,sys,tmp}
for program in busybox keepalived; do
  path=$(command -v $program)
  cp -L "$path" "$root/bin/$program"
  for library in $(ldd "$path" 2>/dev/null | grep -o '/[^ ]*'); do
    mkdir -p "$root${library%/*}"
    cp -L "$library" "$root$library"
  done
done
modules='net/core/failover drivers/net/net_failover drivers/virtio/virtio_ring drivers/virtio/virtio
  drivers/virtio/virtio_pci_modern_dev drivers/virtio/virtio_pci_legacy_dev drivers/virtio/virtio_pci drivers/net/virtio_net'
# Debian 12 has plain modules in /lib, Debian 13 compressed ones in /usr/lib and some of these in the kernel itself. busybox loads
# plain ones only.
builtin=$(find "$kernel" -path '*/modules/*/modules.builtin' -print -quit)
load=''
for module in $modules; do
  ! grep -q -x "kernel/$module.ko" "$builtin" || continue
  load+=" ${module##*/}"
  file=$(find "$kernel" -path "*/modules/*/kernel/$module.ko*" -print -quit)
  plain=$root/modules/${module##*/}.ko
  case $file in
    *.ko) cp "$file" "$plain" ;;
    *.ko.xz) xz --decompress --stdout "$file" >"$plain" ;;
    *.ko.zst) zstd --quiet --decompress --stdout "$file" >"$plain" ;;
    *) echo "vm.sh: there is no module $module in $kernel" >&2; exit 1 ;;
  esac
done
cp "$directory/keepalived.conf" "$root/etc/"
# keepalived 2.3 does not start without the options that it was built with.
mkdir "$root/etc/keepalived"
cp /etc/keepalived/*.config-opts "$root/etc/keepalived/" 2>/dev/null || true
echo root:x:0:0::/:/bin/sh >"$root/etc/passwd"
echo root:x:0: >"$root/etc/group"
cat >"$root/init" <<INIT
#!/bin/busybox sh
busybox mount -t proc proc /proc
busybox mount -t sysfs sysfs /sys
busybox mount -t devtmpfs dev /dev
for module in $load; do busybox insmod /modules/\$module.ko; done
busybox ip link set lo up
busybox ip addr add $address dev eth0
busybox ip link set eth0 up
echo "The VM is up."
keepalived --dont-fork --log-console --vrrp --use-file /etc/keepalived.conf --pid /run/keepalived.pid --vrrp_pid /run/vrrp.pid
busybox poweroff -f
INIT
chmod +x "$root/init"
(cd "$root" && find . | cpio --create --format=newc --quiet | gzip -1) >"$directory/initrd.gz"

exec qemu-system-x86_64 -M q35 -cpu max -accel tcg,thread=single -m 256 -smp 1 \
  -nodefaults -no-user-config -nographic -serial stdio -no-reboot \
  -kernel "$kernel"/boot/vmlinuz-* -initrd "$directory/initrd.gz" \
  -append 'console=ttyS0 quiet panic=1 tsc=unstable mitigations=off random.trust_cpu=on' \
  -netdev tap,id=nic,ifname="$tap",script=no,downscript=no -device virtio-net-pci,netdev=nic,mac="$mac"
