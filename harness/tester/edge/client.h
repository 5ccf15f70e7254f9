// One named client of a case: its connection, and the record of all that went over it.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "io/byte_stream.h"
#include "io/clock.h"
#include "io/tls_stream.h"
#include "io/websocket/handshake.h"
#include "io/websocket/receiver.h"

namespace ctestbed {

// What went over a connection, or what became of it, in order of time.
struct Traffic {
  enum class Way { kSent, kReceived, kNote };
  Way way = Way::kNote;
  TimePoint at;             // when it was read off the stream, or given to it
  WsOp op = WsOp::kText;    // of kSent and kReceived
  int number = 0;           // of a message, counted both ways from 1; 0: none
  std::string payload;      // of a close frame the reason; of a note its text
  int close_code = 0;       // of a close frame
  int fragments = 1;        // frames that made up a message received
  bool compressed = false;  // a message received
  bool unread = false;      // received, and no step took it yet
  std::string remark;       // what a step found: "reply to #1 (line 20)"

  bool IsMessage() const { return number > 0; }
  // A message that waits to be taken.
  bool IsUnreadMessage() const { return unread && IsMessage(); }
};

// How a connection ended, or is ending.
struct Ending {
  int code = kWsAbnormal;  // of the server's close frame
  std::string reason;
  bool clean = false;  // close frames went both ways
  std::string how;     // "closed with 1000", "connection reset": for messages
};

// What a step sees of a client while the reader stands still.
struct Inbox {
  std::vector<Traffic> traffic;
  std::optional<Ending> ending;  // of the newest connection
};

struct Connecting {
  WsRequest request;
  std::optional<TlsOptions> tls;
  bool paused = false;  // nothing is read until Resume
  bool pongs = true;    // pings are answered
};

enum class Drop { kReset, kFinish, kHalf, kStall };

enum class Waited { kDone, kTimeout, kEnded, kCancelled };

// A thread reads while a connection stands; the methods are for one other thread. The destructor
// says good-bye, if the connection stands, and gives the server a moment to answer.
class Client {
 public:
  Client(std::string name, const Clock& clock);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  const std::string& name() const { return name_; }
  const std::string& place() const { return place_; }                // URL of the newest connection
  const std::optional<WsAnswer>& answer() const { return answer_; }  // to its handshake
  Duration shake_time() const { return shake_time_; }

  // Connects anew; an older connection is closed. A refusal is an answer, and no connection.
  Result<WsAnswer> Open(const Connecting& how, TimePoint deadline, const std::stop_token& stop);
  bool was_opened() const { return !place_.empty(); }
  // Null while it stands; else what became of it.
  std::optional<Ending> Gone() const;

  // Sends a message, compressed where that was agreed on; the number it has.
  Result<int> SendMessage(WsOp op, std::string payload, TimePoint deadline);
  // Sends a frame as it is, also one that is forbidden.
  Status SendFrame(const WsFrame& frame, bool masked, TimePoint deadline);
  Status SendBytes(const std::string& bytes, TimePoint deadline);
  Status SendClose(int code, const std::string& reason, TimePoint deadline);
  // Breaks the connection without a close frame; kHalf ends our direction, kStall stops reading and
  // answering.
  void Break(Drop how);
  void Pause();
  void Resume();

  // Sends the last close frame ahead of the destructor, which waits for its answer: so that many
  // clients wait at once.
  void SayGoodBye();

  // Looks again and again, as traffic arrives, until `done`. kEnded when the connection is at its
  // end and `done` said no to all that came. Resumes a client that was paused.
  Waited WaitUntil(TimePoint deadline, const std::stop_token& stop,
                   const std::function<bool(Inbox&)>& done);
  // One look, now.
  void Look(const std::function<void(Inbox&)>& look);
  void Note(std::string text);
  // 1, 2, 3: for the ids of calls.
  int NextCall() { return ++calls_; }

 private:
  struct Connection;

  void ReadLoop(Connection& connection, const std::stop_token& stop);
  void Take(Connection& connection, WsArrival arrival, TimePoint at);
  bool TakeAll(Connection& connection, TimePoint at);
  void End(Connection& connection, Ending ending);
  void Record(Traffic traffic);
  void RecordSent(WsOp op, std::string payload, std::string remark);
  static Status Write(Connection& connection, std::string_view bytes, TimePoint deadline);
  Status WriteClose(Connection& connection, int code, const std::string& reason,
                    TimePoint deadline);
  void GoodBye();
  void Disconnect();

  const std::string name_;
  const Clock& clock_;
  std::string place_;
  std::optional<WsAnswer> answer_;
  Duration shake_time_{0};
  int calls_ = 0;
  TimePoint patience_;        // how long to wait for the answer to the last close frame
  mutable std::mutex mutex_;  // for what follows
  std::condition_variable_any changed_;
  Inbox inbox_;
  int messages_ = 0;
  size_t bytes_ = 0;  // received
  bool paused_ = false;
  std::unique_ptr<Connection> connection_;  // null: never opened, or broken off
};

}  // namespace ctestbed
