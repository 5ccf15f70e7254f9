#include "cover/instances.h"

#include <charconv>
#include <sstream>
#include <string_view>

#include "cover/model_text.h"
#include "plan/cover/cover.h"
#include "plan/plan_random.h"

namespace ctestbed {
namespace {

struct Classical {
  const char* levels;  // 3^4 2^5: four axes of three values, five of two
  int strength;
  size_t best;
  bool proven;
  size_t pict;
  size_t pict_best;
};

constexpr Classical kClassical[] = {
    {"3^4", 2, 9, true, 12, 9},
    {"3^13", 2, 15, false, 19, 19},
    {"4^15 3^17 2^29", 2, 28, false, 38, 37},
    {"4^1 3^39 2^35", 2, 20, false, 28, 27},
    {"2^100", 2, 10, false, 16, 15},
    {"10^20", 2, 155, false, 213, 211},
    {"3^6", 2, 12, false, 14, 12},
    {"4^6", 2, 19, false, 25, 23},
    {"5^6", 2, 25, true, 38, 36},
    {"6^6", 2, 41, false, 51, 50},
    {"8^6", 2, 64, true, 92, 88},
    {"10^6", 2, 102, false, 137, 136},
    {"2^10", 2, 6, false, 8, 8},
    {"3^10", 2, 14, false, 19, 17},
    {"4^10", 2, 24, false, 31, 30},
    {"5^10", 2, 36, false, 45, 45},
    {"6^10", 2, 48, false, 66, 64},
    {"7^10", 2, 61, false, 87, 85},
    {"8^10", 2, 76, false, 111, 109},
    {"10^10", 2, 115, false, 166, 164},
    {"20^10", 2, 427, false, 622, 615},
    {"10^4", 2, 100, true, 120, 117},
    {"15^4", 2, 225, true, 268, 260},
    {"2^20", 2, 8, false, 11, 10},
    {"3^20", 2, 15, false, 23, 22},
    {"4^20", 2, 28, false, 39, 37},
    {"5^20", 2, 40, false, 58, 58},
    {"6^20", 2, 61, false, 81, 81},
    {"3^100", 2, 22, false, 33, 32},
    {"4^100", 2, 39, false, 57, 56},
    {"5^1 3^8 2^2", 2, 15, true, 21, 21},
    {"5^1 4^4 3^11 2^5", 2, 21, false, 28, 27},
    {"7^1 6^1 5^1 4^6 3^8 2^3", 2, 42, true, 43, 43},
    {"6^1 5^1 4^6 3^8 2^3", 2, 30, true, 35, 34},
    {"2^13 4^5", 2, 16, true, 26, 24},
    {"10^1 6^2 4^3 3^1", 2, 60, true, 65, 62},
    {"5^2 4^2 3^2", 2, 25, true, 29, 27},
    {"10^2 4^1 3^2 2^7", 2, 100, true, 100, 100},
    {"3^4", 3, 27, true, 33, 0},
    {"4^6", 3, 64, true, 111, 0},
    {"5^6", 3, 125, true, 217, 0},
    {"8^6", 3, 512, true, 848, 0},
    {"8^10", 3, 512, true, 0, 0},
    {"10^4", 3, 1000, true, 0, 0},
    {"10^1 6^2 4^3 3^1", 3, 360, true, 378, 0},
    {"5^2 4^2 3^2", 3, 100, true, 125, 0},
    {"10^2 4^1 3^2 2^7", 3, 400, true, 401, 0},
};

CoverModel ModelOf(const Classical& classical) {
  CoverModel model{.strength = classical.strength};
  std::istringstream words(classical.levels);
  for (std::string word; words >> word;) {
    const size_t hat = word.find('^');
    int levels = 0;
    size_t count = 0;
    std::from_chars(word.data(), word.data() + hat, levels);
    std::from_chars(word.data() + hat + 1, word.data() + word.size(), count);
    model.levels.insert(model.levels.end(), count, levels);
  }
  return model;
}

// The targets of the six that every tool publishes; the others are to be exact where that is
// proven.
void SetWanted(CoverInstance& instance) {
  const std::pair<const char*, size_t> published[] = {
      {"4^15 3^17 2^29", 28}, {"4^1 3^39 2^35", 20}, {"2^100", 10}, {"3^13", 15}, {"10^20", 170}};
  for (const auto& [name, size] : published) {
    if (instance.model.strength != 2 || instance.name != name) continue;
    instance.wanted = size;
    instance.wanted_within = 60;
  }
  if (instance.proven) {
    instance.wanted = instance.best;
    instance.wanted_within = 1;
  }
}

struct Deployment {
  const char* name;
  std::vector<int64_t> weights;
  const char* text;
};

const std::vector<Deployment> kDeployments = {
    {"web shop", {250, 30, 80, 600, 20, 150, 60, 40}, R"(
db: postgres, mysql, sqlite, memory
browser: chrome, firefox, safari, edge, opera, webkit, curl
cache: none, local, redis, memcached
os: debian, ubuntu, alpine, macos
tls: off, "1.2", "1.3"
queue: none, rabbitmq, nats, kafka
auth: password, oidc
replicas: 1, 2, 5
IF [db] IN {"sqlite", "memory"} THEN [replicas] = 1;
IF [cache] = "local" THEN [replicas] = 1;
IF [browser] = "safari" THEN [os] = "macos";
)"},
    {"edge/http", {20, 45, 120, 5, 300, 60, 30, 10, 90, 200, 15}, R"(
protocol: h1, h2, h3
tls: off, "1.2", "1.3"
proxy: none, nginx, envoy, haproxy
payload: 0, 1k, 64k, 1m, 16m
store: memory, redis, postgres, etcd
codec: json, protobuf, msgpack
compression: none, gzip, brotli
keepalive: yes, no
region: one, two, three
nodes: 1, 3, 5
auth: none, token
IF [protocol] = "h3" THEN [tls] = "1.3";
IF [protocol] = "h2" THEN [tls] <> "off";
IF [store] = "memory" THEN [nodes] = 1;
IF [region] = "three" THEN [nodes] = 5;
IF [proxy] = "haproxy" THEN [protocol] <> "h3";
IF [tls] = "off" THEN [auth] = "none";
)"},
    {"db cluster + upgrade", {500, 120, 300, 80, 30, 15, 600, 10, 45}, R"(
to: 11, 12, 13, 14, 15, 16
from: none, 11, 12, 13, 14, 15, 16
topology: single, pair, chain, quorum
storage: ext4, xfs, zfs, tmpfs
sync: off, local, remote
backup: none, dump, stream
encryption: no, yes
pooler: no, yes
locale: c, utf8
IF [from] <> "none" THEN [from] < [to];
IF [topology] = "single" THEN [sync] <> "remote" AND [backup] <> "stream";
IF [topology] = "quorum" THEN [sync] = "remote";
IF [storage] = "tmpfs" THEN [encryption] = "no" AND [backup] = "none";
IF [encryption] = "yes" THEN [to] >= 12;
)"},
    {"k8s", {450, 200, 20, 90, 60, 10, 35, 300, 15, 120, 5, 50}, R"(
version: 1.26, 1.27, 1.28, 1.29, 1.30
network: flannel, calico, cilium, kindnet
family: ipv4, dual
ingress: none, nginx, traefik, gateway
storage: hostpath, nfs, csi
mesh: no, yes
runtime: containerd, crio, docker
nodes: 1, 3, 5
policy: none, baseline, restricted
registry: local, mirror, public
autoscale: no, yes
secrets: plain, sealed
IF [runtime] = "docker" THEN [version] < 1.28;
IF [network] = "flannel" THEN [family] = "ipv4";
IF [ingress] = "gateway" THEN [version] > 1.26;
IF [storage] = "hostpath" THEN [nodes] = 1;
IF [policy] = "restricted" THEN [runtime] <> "docker" AND [storage] <> "hostpath";
IF [autoscale] = "yes" THEN [nodes] <> 1;
IF [mesh] = "yes" THEN [network] <> "kindnet";
)"},
    {"pipeline", {100, 40, 25, 60, 15, 200, 30, 10, 80}, R"(
compiler: gcc, clang
mode: debug, release
shared: no, yes
sanitizer: no, yes
lto: no, yes
arch: x86, arm, riscv
os: debian, alpine, fedora
cache: no, yes
generator: ninja, make, xcode
IF [sanitizer] = "yes" THEN [mode] = "debug" AND [os] <> "alpine";
IF [lto] = "yes" THEN [mode] = "release";
IF [generator] = "xcode" THEN [compiler] = "clang";
)"},
    {"client/device", {600, 90, 30, 400, 50, 20, 10, 150, 45}, R"(
system: ios, android, windows, linux
device: phone, tablet, laptop, desktop, watch, tv, kiosk
network: wifi, lte, wired
version: 1, 2, 3, 4, 5
language: en, de, ar, ja
theme: light, dark, contrast
login: guest, account
backend: stable, next, canary
payment: none, card, wallet
IF [device] IN {"phone", "tablet", "watch"} THEN [network] <> "wired" AND [system] <> "windows";
IF [device] IN {"phone", "watch"} THEN [system] <> "linux";
IF [device] IN {"laptop", "desktop", "kiosk"} THEN [system] <> "ios";
IF [device] IN {"laptop", "desktop"} THEN [system] <> "android";
IF [device] IN {"desktop", "tv", "kiosk"} THEN [network] <> "lte";
IF [login] = "guest" THEN [payment] <> "wallet";
IF [payment] = "wallet" THEN [device] <> "tv" AND [version] > 1;
IF [backend] = "canary" THEN [version] = 5;
)"},
};

}  // namespace

std::vector<CoverInstance> ClassicalInstances() {
  std::vector<CoverInstance> instances;
  for (const Classical& classical : kClassical) {
    CoverInstance instance{.name = classical.levels,
                           .family = "classical",
                           .model = ModelOf(classical),
                           .best = classical.best,
                           .proven = classical.proven,
                           .pict = classical.pict,
                           .pict_best = classical.pict_best};
    SetWanted(instance);
    instances.push_back(std::move(instance));
  }
  return instances;
}

std::vector<CoverInstance> DeploymentInstances() {
  std::vector<CoverInstance> instances;
  for (const Deployment& deployment : kDeployments) {
    Result<CoverModel> model = ModelFromPict(deployment.text, deployment.name);
    instances.push_back({.name = deployment.name,
                         .family = "deployment",
                         .model = model.value(),
                         .weights = deployment.weights});
  }
  return instances;
}

std::vector<CoverInstance> RandomInstances(uint64_t seed, int count) {
  PlanRandom random(seed);
  std::vector<CoverInstance> instances;
  while (static_cast<int>(instances.size()) < count) {
    CoverModel model;
    const uint32_t axes = 3 + random.Below(28U);
    for (uint32_t i = 0; i < axes; ++i) {
      model.levels.push_back(2 + static_cast<int>(random.Below(11)));
    }
    for (uint32_t i = random.Below(1 + axes * (axes - 1) / 5); i > 0; --i) {
      PartialRow nogood;
      for (uint32_t arity = 2 + random.Below(3U); arity > 0; --arity) {
        const uint32_t axis = random.Below(axes);
        const auto levels = static_cast<size_t>(model.levels[axis]);
        nogood.push_back({static_cast<int>(axis), static_cast<int>(random.Below(levels))});
      }
      model.forbidden.push_back(std::move(nogood));
    }
    if (!Cover(model)) continue;
    instances.push_back({.name = "random " + std::to_string(instances.size()),
                         .family = "random",
                         .model = std::move(model)});
  }
  return instances;
}

}  // namespace ctestbed
