#include "levin/remote/url.hpp"

#include "catch.hpp"
#include "levin/core/error.hpp"

using namespace levin::remote;

namespace {

std::string refusal(const std::string& text) {
    try {
        parse_url(text);
    } catch (const levin::UsageError& error) {
        return error.what();
    }
    return "";
}

}  // namespace

TEST_CASE("what is a URL and what is a path", "[url]") {
    CHECK(is_url("s3://b/k"));
    CHECK(is_url("gs://b/k"));
    CHECK(!is_url("tiff:s3://b/k"));
    CHECK(!is_url("a/s3://b"));
    CHECK(!is_url("://b"));
    CHECK(!is_url("a.zarr::c/d"));
    CHECK(find_member("http://[::1]:80/x.h5::/data") == 20);
    CHECK(find_member("http://[::1]") == std::string::npos);
    CHECK(find_member("x.h5::/d") == 4);
    CHECK(find_member("tiff:s3://b/x") == std::string::npos);
}

TEST_CASE("keys are taken as they are, web paths as they are encoded", "[url]") {
    const Url s3 = parse_url("s3://bucket/a b%20/c?d#e");
    CHECK(s3.host == "bucket");
    CHECK(s3.path == "a b%20/c?d#e");
    const Url web = parse_url("https://host:8080/a b%20/\xc3\xa9");
    CHECK(web.host == "host:8080");
    CHECK(web.path == "/a%20b%20/%C3%A9");
    CHECK(parse_url("http://host").path == "/");
    CHECK(percent_encoded("a b/c~+=\xc3\xa9", true) == "a%20b/c~%2B%3D%C3%A9");
    CHECK(percent_encoded("a/b", false) == "a%2Fb");
    CHECK(percent_decoded("a%20b%2fc%zz%4") == "a b/c%zz%4");
    CHECK(query_text({{"b", "1 2"}, {"a", ""}}) == "a=&b=1%202");
    CHECK(join("s3://b/", "k") == "s3://b/k");
}

TEST_CASE("secrets in URLs are refused and not repeated", "[url]") {
    for (const char* url :
         {"https://user:hunter2@host/x", "s3://key:hunter2@bucket/x", "https://host/x?X-Amz-Signature=hunter2",
          "https://host/x#hunter2", "http://hunter2@host"}) {
        INFO(url);
        CHECK(!refusal(url).empty());
        CHECK(refusal(url).find("hunter2") == std::string::npos);
    }
    CHECK(refusal("file:///etc/passwd").find("file:// is not supported") == 0);
    CHECK(!refusal("s3:///key").empty());
    CHECK(!refusal("s3://bu cket/key").empty());
    CHECK(!refusal("s3://../key").empty());
    CHECK(!refusal("https://").empty());
    CHECK(!refusal("http://ho\nst/").empty());
}
