// Against the examples of the "Amazon S3 API Reference", "Signature Calculations for the Authorization Header:
// Transferring Payload in a Single Chunk", whose keys open nothing.
#include "levin/remote/signature.hpp"

#include "catch.hpp"
#include "levin/remote/digests.hpp"
#include "levin/remote/http.hpp"
#include "levin/remote/url.hpp"

using namespace levin::remote;

namespace {

const AwsKeys keys{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", ""};

std::string signature_of(SignedRequest request, const std::string& body = "", const AwsKeys& with = keys) {
    request.host = "examplebucket.s3.amazonaws.com";
    request.time = "20130524T000000Z";
    request.region = "us-east-1";
    request.body_sha256 = hex(library().sha256(bytes_of(body)));
    sign(request, with);
    const std::string text = request.headers.back().second;
    REQUIRE(request.headers.back().first == "authorization");
    return text.substr(text.find("SignedHeaders="));
}

SignedRequest request_of(const std::string& method, const std::string& path, Query query = {}) {
    SignedRequest request;
    request.method = method;
    request.path = path;
    request.query = query_text(std::move(query));
    return request;
}

}  // namespace

TEST_CASE("a signature is that of Amazon's examples", "[signature]") {
    SignedRequest get = request_of("GET", "/test.txt");
    get.headers = {{"range", "bytes=0-9"}};
    CHECK(signature_of(get) ==
          "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, "
          "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
    SignedRequest put = request_of("PUT", "/" + percent_encoded("test$file.text", true));
    put.headers = {{"x-amz-storage-class", "REDUCED_REDUNDANCY"}, {"date", "Fri, 24 May 2013 00:00:00 GMT"}};
    CHECK(signature_of(put, "Welcome to Amazon S3.") ==
          "SignedHeaders=date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class, "
          "Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
    CHECK(signature_of(request_of("GET", "/", {{"lifecycle", ""}})) ==
          "SignedHeaders=host;x-amz-content-sha256;x-amz-date, "
          "Signature=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
    CHECK(signature_of(request_of("GET", "/", {{"prefix", "J"}, {"max-keys", "2"}})) ==
          "SignedHeaders=host;x-amz-content-sha256;x-amz-date, "
          "Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
}

TEST_CASE("a session's token is signed too", "[signature]") {
    AwsKeys session = keys;
    session.token = "token";
    CHECK(signature_of(request_of("GET", "/"), "", session)
              .starts_with("SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token, "));
}

TEST_CASE("digests are those of their standards", "[signature]") {
    // FIPS 180-4's "abc"; RFC 1321, A.5; RFC 4231, case 2; RFC 4648, section 10.
    CHECK(hex(library().sha256(bytes_of("abc"))) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(hex(library().md5(bytes_of("message digest"))) == "f96b697d7cb7938d525a2f31aaf161d0");
    CHECK(hex(library().hmac_sha256("Jefe", "what do ya want for nothing?")) ==
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    CHECK(base64("") == "");
    CHECK(base64("f") == "Zg==");
    CHECK(base64("fo") == "Zm8=");
    CHECK(base64("foobar") == "Zm9vYmFy");
    CHECK(is_md5("\"f96b697d7cb7938d525a2f31aaf161d0\""));
    CHECK(!is_md5("\"f96b697d7cb7938d525a2f31aaf161d0-2\""));
    CHECK(!is_md5("W/\"f96b697d7cb7938d525a2f31aaf161d0\""));
}
