// Where the services and nodes of a live environment are, for test programs that ctestbed starts
// and for those started by hand after `eval "$(ctestbed env)"`.
//
// This library throws, since every test framework shows what an exception says. It needs C++17 and
// no other library. Nothing here is shared between threads unless it is const.
#pragma once

#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace ctestbed::client {

class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct Endpoint {
  std::string host;  // "127.0.0.1", "[::1]"
  int port = 0;
  std::string address;  // host:port
};

class Environment {
 public:
  // Of this process's own variables. Throws Error when there is no live environment.
  Environment();
  // Of the variables that `ctestbed env` prints.
  explicit Environment(std::map<std::string, std::string> variables);

  // The first port of the node that hosts the service, and what begins its URLs:
  // "http://127.0.0.1:8080", "ws://127.0.0.1:8080". Throw Error, with the services that there are.
  Endpoint Service(const std::string& name) const;
  std::string Url(const std::string& service) const;
  std::string WebSocketUrl(const std::string& service) const;
  // A named port of a node; of its n-th replica as "NODE.n". Throws Error, with what there is.
  Endpoint Node(const std::string& name, const std::string& port) const;

  // The value that the configuration axis has in this environment. Throws Error.
  std::string Axis(const std::string& name) const;
  std::string Preset() const;
  // Unique per run of a suite: names made of it clash with those of no other run.
  std::string RunId() const;

 private:
  const std::string* Find(const std::string& variable) const;
  std::string Get(const std::string& variable) const;
  // Names, in lower case, that stand between `prefix` and `suffix` of a variable.
  std::vector<std::string> Known(const std::string& prefix, const std::string& suffix) const;
  std::string Lookup(const std::string& prefix, const std::string& name, const std::string& suffix,
                     const std::string& what) const;

  std::map<std::string, std::string> variables_;
};

}  // namespace ctestbed::client
