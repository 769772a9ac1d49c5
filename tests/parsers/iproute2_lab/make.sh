#!/bin/sh
# Makes the captures beside this file: run as root in an empty directory, as `unshare -n sh make.sh`.
# Names: r, n = ip route, ip neighbour; then the options; then what follows the object (blanks as _). .json is `ip -j` of it.
ip link set lo up
ip link add v0 type veth peer name v1
ip link set v0 up
ip link set v1 up
ip addr add 10.1.0.1/16 dev v0
ip addr add fd01::1/64 dev v0 nodad
ip route add 10.20.0.0/16 via 10.1.0.2 dev v0 mtu lock 1300 advmss 1200 rtt 120ms rttvar 333ms rto_min 1.5s \
    ssthresh lock 9 cwnd lock 9 window 100 reordering 3 hoplimit 64 initcwnd 10 initrwnd 11 features ecn quickack 1 \
    congctl cubic fastopen_no_cookie 1
ip route add 10.21.0.0/16 via 10.1.0.2 dev v0 congctl lock reno mtu 1400 realms 3/4
ip route add 10.22.0.0/16 via 10.1.0.2 dev v0 realm 5 tos 0x10 metric 4294967295
ip route add 10.23.0.0/16 encap ip id 5 dst 10.9.9.9 ttl 64 tos 16 key via 10.1.0.2 dev v0
ip route add 10.24.0.0/16 encap ip6 id 5 dst fd09::7 via 10.1.0.2 dev v0
ip -6 route add fd25::/64 encap seg6 mode encap segs fd01::2,fd01::3 via fd01::2 dev v0
ip -6 route add fd26::/64 via fd01::2 dev v0 pref high expires 3000 metric 77
ip -6 route add default via fd01::2 dev v0
ip -6 route add default dev v0 metric 9
ip -6 route add default from fd77::/64 via fd01::2 dev v0
ip -6 route add unreachable default metric 5000
ip -6 route add fd27::/64 nexthop via fd01::2 dev v0 weight 2 nexthop via fd01::3 dev v0
ip route add 10.27.0.0/16 metric 5 mtu 1400 nexthop encap ip id 5 dst 10.9.9.9 via 10.1.0.2 dev v0 weight 1 \
    nexthop via inet6 fd01::9 dev v0 weight 3 onlink nexthop via 10.1.0.4 dev v0 realm 7
ip nexthop add id 5 via 10.1.0.5 dev v0
ip nexthop add id 6 via 10.1.0.6 dev v0
ip nexthop add id 8 blackhole
ip nexthop add id 7 group 5,2/6
ip route add 10.28.0.0/16 nhid 7
ip route add 10.29.0.0/16 nhid 8
ip route add 10.30.0.0/16 nhid 5 proto 77
ip route add default via 10.1.0.9 dev v0 onlink
ip route add default dev v0 metric 3 scope link
ip route add throw 10.31.0.0/16 table 77
ip route add prohibit default metric 99 table 55
ip route add multicast 239.0.0.0/8 dev v0
ip route add 10.33.0.0/16 dev v0 scope 77 proto bird metric 8 ttl-propagate disabled
ip route add 0.0.0.0/8 dev v0
ip route add 10.34.0.0/16 via inet6 fe80::7 dev v0
ip route add local default dev lo table 100
echo 1 > /proc/sys/net/ipv4/conf/v0/ignore_routes_with_linkdown
ip neigh add 10.1.0.3 lladdr 00:11:22:33:44:55 dev v0 nud permanent protocol static
ip neigh add 10.1.0.4 lladdr 00:11:22:33:44:56 dev v0 nud noarp router managed
ip neigh add fd01::5 lladdr 00:11:22:33:44:57 dev v0 nud stale router extern_learn
ip neigh add proxy 10.1.0.77 dev v0

both() { # options object words…
    options="$1" object="$2"
    shift 2
    name="$object$(printf %s "$options" | tr -d ' ').$(printf %s "$*" | tr ' :' '__')"
    # shellcheck disable=SC2086 # the options are words
    ip $options "$object" "$@" > "$name.txt"
    # shellcheck disable=SC2086
    ip -j $options "$object" "$@" > "$name.json"
}
both "" r show table all
both "-d" r show table all
both "-o" r show table all
both "-o -d" r show table all
both "" r show dev v0
both "" r show scope link
both "" r show metric 5
both "" r show via 10.1.0.2
both "" r show table local
both "-6" r
both "-6" r show default
for destination in 10.1.0.1 10.1.255.255 10.20.0.5 10.27.0.9 fd27::5; do both "" r get "$destination"; done
both "-s" n show nud all
both "" n show proxy
both "" n show dev v0
both "-br" n show nud all
busybox ip r > busybox.r.txt
busybox ip -6 r > busybox.r-6.txt
busybox ip n > busybox.n.txt
ip link set v0 down
ip link set v1 down
ip link set v0 up
ip route add 10.44.0.0/16 dev v0
ip r > r.linkdown.txt
ip -j r > r.linkdown.json
