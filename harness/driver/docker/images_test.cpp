// Images on an engine that has what a test says. What real ones do is in driver_test.cpp.

#include "driver/docker/images.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "base/json.h"
#include "testing/expect.h"

namespace ctestbed {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Has images, and a registry that answers every pull with `answer`, and then has the image.
class ImageEngine {
 public:
  explicit ImageEngine(std::string server) : server_(std::move(server)) {}

  Result<ImageFacts> Get(const std::string& image, std::optional<PullPolicy> policy) {
    const EngineEndpoint endpoint{"unix:///e.sock", "a test", "http://localhost", "/e.sock", {}};
    const Engine engine = Engine::Connect(http_, clock_, endpoint, Soon()).value();
    ContainerSpec container;
    container.pull = policy;
    return images_.Get(engine, image, container, Soon());
  }
  // Paths of all pulls.
  std::vector<std::string> Pulls() const {
    std::vector<std::string> pulls;
    for (const HttpRequest& request : http_.requests) {
      const size_t at = request.url.find("/images/create");
      if (at != std::string::npos) pulls.push_back(request.url.substr(at));
    }
    return pulls;
  }

  std::set<std::string> here;  // names of images
  HttpResponse answer;         // to a pull; one of 200 without error brings what is in `coming`
  std::string coming;

 private:
  Result<HttpResponse> Answer(const HttpRequest& request) {
    const std::lock_guard lock(mutex_);
    HttpResponse response;
    response.status = 200;
    if (request.url.ends_with("/version")) {
      response.headers = {{"Server", server_}};
      response.body = R"({"Version": "1", "ApiVersion": "1.41", "MinAPIVersion": "1.12"})";
      return response;
    }
    if (request.url.find("/images/create") != std::string::npos) {
      if (!coming.empty()) here.insert(coming);
      return answer;
    }
    constexpr std::string_view kBegin = "/images/";
    const size_t begin = request.url.find(kBegin) + kBegin.size();
    const std::string name = request.url.substr(begin, request.url.rfind('/') - begin);
    if (here.contains(name)) {
      response.body = R"({"Id": "sha256:1", "Config": {"User": "7"}})";
    } else {
      response.status = 404;
      response.body = R"({"message": "no such image"})";
    }
    return response;
  }

  std::string server_;
  std::mutex mutex_;
  FakeClock clock_;
  FakeFileSystem files_;
  Images images_{files_};
  FakeHttpClient http_{[this](const HttpRequest& request) { return Answer(request); }};
};

HttpResponse Saying(int status, std::string body) {
  HttpResponse response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

TEST(ImageReference, TellsTheTagFromThePort) {
  EXPECT_EQ(ParseImageReference("redis"), (ImageReference{"redis", "latest"}));
  EXPECT_EQ(ParseImageReference("a.b:5000/redis"), (ImageReference{"a.b:5000/redis", "latest"}));
  EXPECT_EQ(ParseImageReference("a.b:5000/redis:7"), (ImageReference{"a.b:5000/redis", "7"}));
  EXPECT_EQ(ParseImageReference("a/b@sha256:1"), (ImageReference{"a/b@sha256:1", ""}));
}

TEST(Images, ArePulledWhenTheyAreMissing) {
  ImageEngine engine("Docker/1");
  engine.answer = Saying(200, "{\"status\": \"Pulling\"}\n");
  engine.coming = "r.io/a:1";
  const auto image = engine.Get("r.io/a:1", std::nullopt);
  ASSERT_TRUE(image) << image.error().message;
  EXPECT_EQ(image->name + " " + image->id + " " + image->user, "r.io/a:1 sha256:1 7");
  ASSERT_TRUE(engine.Get("r.io/a:1", std::nullopt));
  EXPECT_THAT(engine.Pulls(), ElementsAre("/images/create?fromImage=r.io%2Fa&tag=1"));
}

TEST(Images, ArePulledOncePerSessionWhenThatIsAlways) {
  ImageEngine engine("Docker/1");
  engine.answer = Saying(200, "");
  engine.here = {"a"};
  {
    std::vector<std::jthread> starts;
    for (int i = 0; i < 4; ++i) {
      starts.emplace_back([&] { EXPECT_TRUE(engine.Get("a", PullPolicy::kAlways)); });
    }
  }
  EXPECT_THAT(engine.Pulls(), ElementsAre("/images/create?fromImage=a&tag=latest"));
}

TEST(Images, AreNotPulledWhenThatIsNever) {
  ImageEngine engine("Docker/1");
  const auto image = engine.Get("a:1", PullPolicy::kNever);
  ASSERT_FALSE(image);
  EXPECT_EQ(image.error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(image.error().message,
            "image 'a:1' is not on the engine at unix:///e.sock (a test), and its policy is "
            "'pull: never': pull, load or build it there, or write run: {pull: missing}");
  EXPECT_THAT(engine.Pulls(), IsEmpty());
}

TEST(Images, OfThisMachineAreSoughtInNoRegistry) {
  ImageEngine engine("Libpod/4.3.1 (linux)");
  for (const PullPolicy policy : {PullPolicy::kMissing, PullPolicy::kAlways}) {
    ExpectError(engine.Get("localhost/a:1", policy), ErrorKind::kNotFound,
                "belongs to no registry: load or build it there");
  }
  engine.here = {"localhost/a:1"};
  EXPECT_EQ(engine.Get("localhost/a:1", PullPolicy::kAlways)->name, "localhost/a:1");
  EXPECT_EQ(engine.Get("a:1", std::nullopt)->name, "localhost/a:1");
  EXPECT_THAT(engine.Pulls(), IsEmpty());
}

TEST(Images, ThatCannotBePulledSayWhy) {
  ImageEngine engine("Docker/1");
  engine.answer = Saying(200, "{}\n{\"errorDetail\": {\"message\": \"no route\"}}\n");
  const auto told = engine.Get("a:1", PullPolicy::kAlways);
  ASSERT_FALSE(told);
  EXPECT_EQ(told.error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(told.error().message,
            "cannot pull image 'a:1' to the engine at unix:///e.sock (a test), its policy is "
            "'pull: always': no route");
  EXPECT_THAT(told.error().detail, HasSubstr("write run: {pull: never}"));
  engine.answer = Saying(404, R"({"message": "manifest unknown"})");
  ExpectError(engine.Get("a:1", std::nullopt), ErrorKind::kNotFound, "manifest unknown");
  engine.answer = Saying(500, R"({"message": "connection refused"})");
  ExpectError(engine.Get("a:1", std::nullopt), ErrorKind::kUnavailable, "connection refused");
}

}  // namespace
}  // namespace ctestbed
