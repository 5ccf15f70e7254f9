// Serves the control protocol on a unix socket: one connection per client, each on its own threads.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

#include "base/json_fwd.h"
#include "base/result.h"
#include "io/byte_stream.h"

namespace ctestbed {

// One client's conversation. Its destructor gives back what the client holds.
class Conversation {
 public:
  virtual ~Conversation() = default;
  // Answers one request; may block until `stop`, which is requested when the client is gone.
  // `send` writes a line before the answer, false when the client no longer reads.
  virtual Result<Json> Answer(const Json& request, const std::function<bool(const Json&)>& send,
                              std::stop_token stop) = 0;
};

class Server {
 public:
  using Greet = std::function<std::unique_ptr<Conversation>()>;
  // Starts accepting; `greet` makes the conversation of each new client.
  Server(std::unique_ptr<Listener> listener, Greet greet);
  // Ends every conversation.
  ~Server();

 private:
  struct Client {
    std::unique_ptr<ByteStream> stream;
    std::jthread thread;
    bool done = false;
  };
  void Accept(std::stop_token stop);
  void Serve(ByteStream& stream, std::stop_token stop);
  void DropFinished();

  std::unique_ptr<Listener> listener_;
  Greet greet_;
  std::mutex mutex_;
  std::list<Client> clients_;
  std::jthread acceptor_;
};

}  // namespace ctestbed
