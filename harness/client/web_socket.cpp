#include <ctestbed/client/web_socket.h>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>
#include <deque>
#include <functional>

#include "client/connection.h"

namespace ctestbed::client {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;

constexpr int kLost = 1006;

}  // namespace

// Reads all the time, but the context runs only inside calls.
class WebSocket::Impl {
 public:
  Impl(const std::string& url, const WebSocketOptions& options)
      : url_(url), timeout_(options.timeout) {
    try {
      Open(ParseUrl(url, "ws"), options);
    } catch (const beast::system_error& error) {
      throw Error(url_ + ": " + error.code().message());
    }
    Read();
  }

  void Send(const std::string& data, bool binary) {
    if (close_code_) throw Closed();
    // A write that is not done in time outlives this call.
    struct Write {
      std::string data;
      bool done = false;
    };
    const auto write = std::make_shared<Write>(Write{data});
    socket_.binary(binary);
    socket_.async_write(asio::buffer(write->data),
                        [write](beast::error_code, size_t) { write->done = true; });
    if (!RunUntil([&] { return write->done || close_code_; }, timeout_)) {
      Lose();
      throw Error(url_ + ": a message was not sent in time; the connection is dropped");
    }
    if (!write->done) throw Closed();
  }

  std::optional<Message> Receive(std::chrono::milliseconds duration) {
    RunUntil([this] { return !inbox_.empty() || close_code_; }, duration);
    if (inbox_.empty() && close_code_) throw Closed();
    if (inbox_.empty()) return std::nullopt;
    Message message = std::move(inbox_.front());
    inbox_.pop_front();
    return message;
  }

  Message Receive() {
    if (std::optional<Message> message = Receive(timeout_)) return *std::move(message);
    throw Error(url_ + ": no message within " + std::to_string(timeout_.count()) + " ms");
  }

  void Close(int code) {
    if (close_code_) return;
    is_closing_ = true;
    socket_.async_close(
        static_cast<websocket::close_code>(code),
        [this, code](beast::error_code error) { close_code_ = error ? kLost : code; });
    if (!RunUntil([this] { return close_code_.has_value(); }, timeout_)) {
      Lose();
      throw Error(url_ + ": the peer did not answer the close");
    }
  }

  std::optional<int> CloseCode() const { return close_code_; }
  std::string Subprotocol() const { return subprotocol_; }

 private:
  void Open(const Url& url, const WebSocketOptions& options) {
    auto& stream = beast::get_lowest_layer(socket_);
    Connect(context_, stream, url, std::chrono::steady_clock::now() + timeout_);
    socket_.set_option(websocket::stream_base::decorator([&](websocket::request_type& request) {
      for (const auto& [name, value] : options.headers) request.set(name, value);
      if (!options.subprotocols.empty()) {
        request.set(http::field::sec_websocket_protocol, options.subprotocols);
      }
    }));
    beast::error_code error;
    websocket::response_type answer;
    socket_.async_handshake(answer, url.authority, url.target,
                            [&](beast::error_code result) { error = result; });
    context_.run();
    context_.restart();
    if (error == websocket::error::upgrade_declined) {
      throw Error(url_ + ": refused with status " + std::to_string(answer.result_int()));
    }
    if (error) throw beast::system_error(error);
    subprotocol_ = answer[http::field::sec_websocket_protocol];
    stream.expires_never();
  }

  void Read() {
    socket_.async_read(buffer_, [this](beast::error_code error, size_t) {
      if (error && is_closing_) return;  // the close itself tells how it ends
      if (error) {
        const int code = socket_.reason().code;
        close_code_ = error == websocket::error::closed && code != 0 ? code : kLost;
        return;
      }
      inbox_.push_back({socket_.got_binary(), beast::buffers_to_string(buffer_.data())});
      buffer_.consume(buffer_.size());
      Read();
    });
  }

  // False when `duration` is over first.
  bool RunUntil(const std::function<bool()>& done, std::chrono::milliseconds duration) {
    const Deadline deadline = std::chrono::steady_clock::now() + duration;
    context_.restart();
    while (!done()) {
      if (context_.run_one_until(deadline) == 0) return done();
    }
    return true;
  }

  void Lose() {
    beast::get_lowest_layer(socket_).close();
    close_code_ = kLost;
  }

  Error Closed() const {
    return Error(url_ + ": the connection was closed with code " +
                 std::to_string(close_code_.value_or(kLost)));
  }

  const std::string url_;
  const std::chrono::milliseconds timeout_;
  asio::io_context context_{1};
  websocket::stream<beast::tcp_stream> socket_{context_};
  beast::flat_buffer buffer_;
  std::deque<Message> inbox_;
  std::optional<int> close_code_;
  bool is_closing_ = false;
  std::string subprotocol_;
};

WebSocket::WebSocket(const std::string& url, const WebSocketOptions& options)
    : impl_(std::make_unique<Impl>(url, options)) {}
WebSocket::WebSocket(WebSocket&&) noexcept = default;
WebSocket& WebSocket::operator=(WebSocket&&) noexcept = default;
WebSocket::~WebSocket() = default;

void WebSocket::Send(const std::string& text) {
  impl_->Send(text, false);
}

void WebSocket::SendBinary(const std::string& bytes) {
  impl_->Send(bytes, true);
}

Message WebSocket::Receive() {
  return impl_->Receive();
}

std::optional<Message> WebSocket::ReceiveWithin(std::chrono::milliseconds duration) {
  return impl_->Receive(duration);
}

void WebSocket::Close(int code) {
  impl_->Close(code);
}

std::optional<int> WebSocket::CloseCode() const {
  return impl_->CloseCode();
}

std::string WebSocket::Subprotocol() const {
  return impl_->Subprotocol();
}

}  // namespace ctestbed::client
