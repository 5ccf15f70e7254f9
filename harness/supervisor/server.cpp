#include "supervisor/server.h"

#include <condition_variable>
#include <deque>
#include <optional>

#include "base/json.h"
#include "supervisor/protocol.h"

namespace ctestbed {
namespace {

constexpr Duration kWriteTakes{10'000};

// Requests wait here while one is being answered, so that the reader always notices the end of the
// connection.
class Mailbox {
 public:
  void Put(std::string line) {
    const std::lock_guard lock(mutex_);
    lines_.push_back(std::move(line));
    changed_.notify_one();
  }
  std::optional<std::string> Take(std::stop_token stop) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait(lock, stop, [this] { return !lines_.empty(); })) return std::nullopt;
    std::string line = std::move(lines_.front());
    lines_.pop_front();
    return line;
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<std::string> lines_;
};

void AnswerAll(ByteStream& stream, Mailbox& mailbox, Conversation& conversation,
               std::stop_token stop) {
  const auto send = [&](const Json& json) {
    return stream.Write(DumpJson(json) + "\n", std::chrono::steady_clock::now() + kWriteTakes)
        .has_value();
  };
  while (const auto line = mailbox.Take(stop)) {
    auto request = ParseJson(*line);
    Result<Json> answer = request ? conversation.Answer(*request, send, stop)
                                  : tl::unexpected<Error>(request.error());
    Json reply = answer ? std::move(*answer) : Json{{"error", ToJson(answer.error())}};
    reply["ok"] = answer.has_value();
    if (!send(reply)) return;
  }
}

}  // namespace

Server::Server(std::unique_ptr<Listener> listener, Greet greet)
    : listener_(std::move(listener)),
      greet_(std::move(greet)),
      acceptor_([this](std::stop_token stop) { Accept(stop); }) {}

Server::~Server() {
  acceptor_.request_stop();
  acceptor_.join();
  std::list<Client> clients;
  {
    const std::lock_guard lock(mutex_);
    clients.swap(clients_);
  }
  // Their threads are asked to stop here, and finish the answers they are giving.
}

void Server::Accept(std::stop_token stop) {
  while (!stop.stop_requested()) {
    auto stream = listener_->Accept(stop);
    if (!stream) continue;
    DropFinished();
    const std::lock_guard lock(mutex_);
    Client& client = clients_.emplace_back();
    client.stream = std::move(*stream);
    client.thread = std::jthread([this, &client](std::stop_token token) {
      Serve(*client.stream, token);
      const std::lock_guard done(mutex_);
      client.done = true;
    });
  }
}

void Server::DropFinished() {
  std::list<Client> finished;
  const std::lock_guard lock(mutex_);
  for (auto client = clients_.begin(); client != clients_.end();) {
    const auto next = std::next(client);
    if (client->done) finished.splice(finished.end(), clients_, client);
    client = next;
  }
}

void Server::Serve(ByteStream& stream, std::stop_token stop) {
  const std::unique_ptr<Conversation> conversation = greet_();
  Mailbox mailbox;
  const std::jthread answerer([&](std::stop_token token) {
    AnswerAll(stream, mailbox, *conversation, token);
    // Nobody answers any more, so nobody should ask.
    stream.Shutdown();
  });
  LineReader reader(stream);
  while (auto line = reader.Next(TimePoint::max(), stop)) mailbox.Put(std::move(*line));
}

}  // namespace ctestbed
