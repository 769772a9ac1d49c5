#!/bin/bash
# Makes links of many kinds with hostile names in the namespace that it runs in, and prints them in every variant.
ip link set lo up
ip link add d0 type ifb
ip link add v0 type veth peer name v1
ip link add br0 type bridge
ip link add link d0 name mv0 type macvlan mode bridge
ip link add link d0 name mvs type macvlan mode source macaddr add 02:00:00:00:00:01
ip link add link v0 name mvt type macvtap
ip link add vx0 type vxlan id 42 group 239.1.1.1 dev d0 dstport 4789 ttl 10 tos 2 maxaddress 5
ip link add vx6 type vxlan id 43 remote fd00::1 local fd00::2 dstport 4790 noudpcsum udp6zerocsumtx gbp df set
ip link add vxe type vxlan external dstport 8472 nolearning
ip tuntap add tap0 mode tap
ip tuntap add tun0 mode tun
ip link set v1 master br0
for link in d0 v0 v1 br0; do ip link set "$link" up; done
ip link set d0 alias 'hello  [x] '
ip link property add dev d0 altname altone altname alttwo
ip address add 10.0.0.5/24 brd + metric 50 dev d0
ip address add 10.1.0.1 peer 10.1.0.2/30 dev d0 label d0:x
ip address add fd00::5/64 dev d0 nodad mngtmpaddr
for name in 'a@b' 'x\y' '<UP>' via mtu dynamic NONE 42; do ip link add name "$name" type ifb; done
ip link set 'a@b' up
ip address add 10.3.0.1/32 scope 77 dev 'a@b'
ip address add 10.3.0.2/32 dev 'x\y'
ip address add 10.6.6.6/32 dev dynamic
ip link set '<UP>' alias '    inet 10.0.0.1/8 scope global' txqueuelen 0
for options in "" -d -s "-s -s" -o -br -4 -6 "-f link"; do
  for object in a link; do
    name=$(tr ' ' _ <<<"ip $options $object" | tr -s _)
    ip $options $object >"$name.txt"
    ip -j ${options#-o} $object >"$name.json"
  done
done
busybox ip a >busybox_ip_a.txt
busybox ip -4 a >busybox_ip_-4_a.txt
