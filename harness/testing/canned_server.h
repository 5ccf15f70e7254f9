// A server that says what a test wants it to say, byte by byte if need be.
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

namespace ctestbed {

// One accepted connection. Used by one thread.
class CannedConnection {
 public:
  CannedConnection(int socket, std::stop_token stop) : socket_(socket), stop_(std::move(stop)) {}
  CannedConnection(const CannedConnection&) = delete;
  CannedConnection& operator=(const CannedConnection&) = delete;
  ~CannedConnection();

  // Whatever comes next; empty when the peer has closed or the server is stopping.
  std::string Read();
  // One HTTP/1 request: its head and as much body as its Content-Length tells.
  std::string ReadRequest();
  void Send(std::string_view bytes);
  void SendByteByByte(std::string_view bytes);
  // Closes so that the peer sees a reset.
  void Reset();
  // Ends our direction only.
  void FinishSending();
  // Returns when the peer has closed or the server is stopping; says nothing meanwhile.
  void Hang();

 private:
  int socket_;
  const std::stop_token stop_;
  std::string pending_;
};

// Runs `serve` for each connection, on a thread each. The destructor stops and joins them.
class CannedServer {
 public:
  using Serve = std::function<void(CannedConnection&)>;
  // On a free port of 127.0.0.1.
  explicit CannedServer(Serve serve);
  // On a unix socket.
  CannedServer(Serve serve, const std::string& path);
  ~CannedServer();

  int Port() const;
  // http://127.0.0.1:PORT and `path`.
  std::string Url(std::string_view path) const;

 private:
  class Impl;
  const std::unique_ptr<Impl> impl_;
};

// Reads one request and sends `answer`.
CannedServer::Serve Answering(std::string answer);

}  // namespace ctestbed
