// S3 as Amazon, Ceph, MinIO and Swift's s3api speak it (Amazon S3 API Reference, 2006-03-01).
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <pugixml.hpp>

#include "levin/remote/credentials.hpp"
#include "levin/remote/digests.hpp"
#include "levin/remote/service.hpp"

namespace levin::remote {
namespace {

pugi::xml_document parse_xml(const HttpResponse& response) {
    pugi::xml_document document;
    const auto result = document.load_buffer(response.bytes().data(), response.size);
    if (!result) throw Error(fmt::format("an answer of {} bytes is no XML: {}", response.size, result.description()));
    return document;
}

/// The root element, which must have this name.
pugi::xml_node root_of(const pugi::xml_document& document, const char* name) {
    const pugi::xml_node root = document.document_element();
    if (std::string_view(root.name()) != name)
        throw Error(fmt::format("an answer is <{}>, expected <{}>", root.name(), name));
    return root;
}

class S3Service final : public Service {
  public:
    S3Service() : settings_(aws_settings(from_environment)) {
        if (!settings_.endpoint.empty()) endpoint_ = parse_endpoint(settings_.endpoint, "AWS_ENDPOINT_URL");
    }

    HttpRequest request(const Ask& ask) override {
        HttpRequest request;
        SignedRequest to_sign;
        to_sign.method = request.method = ask.method;
        const Endpoint place = place_of(ask.host);
        to_sign.host = place.host;
        to_sign.path = place.path + "/" + percent_encoded(ask.path, true);
        to_sign.query = query_text(ask.query);
        to_sign.headers = ask.headers;
        if (settings_.keys) {
            to_sign.region = settings_.region;
            to_sign.time = aws_time();
            to_sign.body_sha256 = hex(library().sha256(ask.body));
            sign(to_sign, *settings_.keys);
        }
        request.url = place.origin + to_sign.path + (to_sign.query.empty() ? "" : "?" + to_sign.query);
        for (const auto& [name, value] : to_sign.headers) request.headers.push_back(name + ": " + value);
        request.body = ask.body;
        request.limit = ask.limit;
        return request;
    }

    std::string code_of(const HttpResponse& response) const override {
        pugi::xml_document document;
        if (response.size == 0 || !document.load_buffer(response.bytes().data(), response.size)) return "";
        const std::string code = document.document_element().child("Code").child_value();
        const auto letter = [](unsigned char c) { return std::isalnum(c) != 0; };
        return code.size() < 100 && std::all_of(code.begin(), code.end(), letter) ? code : "";
    }

    bool tag_is_md5(const HttpResponse& response) const override {
        // Keys of the customer's or of a key service give other tags of the same form.
        const std::string& encryption = response.header("x-amz-server-side-encryption");
        return is_md5(response.header("etag")) && (encryption.empty() || encryption == "AES256") &&
               response.header("x-amz-server-side-encryption-customer-algorithm").empty();
    }

    Ask list_ask(const std::string& host, const std::string& prefix, bool folders, const std::string& from,
                 std::size_t most) const override {
        Ask ask;
        ask.host = host;
        ask.query = {{"list-type", "2"},
                     {"encoding-type", "url"},
                     {"max-keys", fmt::format("{}", std::min<std::size_t>(most, 1000))}};
        if (!prefix.empty()) ask.query.emplace_back("prefix", prefix);
        if (folders) ask.query.emplace_back("delimiter", "/");
        if (!from.empty()) ask.query.emplace_back("continuation-token", from);
        ask.limit = std::uint64_t{16} << 20;
        return ask;
    }

    Page parse_page(const HttpResponse& response, std::size_t) const override {
        const pugi::xml_document document = parse_xml(response);
        const pugi::xml_node root = root_of(document, "ListBucketResult");
        const bool encoded = std::string_view(root.child_value("EncodingType")) == "url";
        const auto name = [&](const char* text) {
            std::string key = text;
            if (!encoded) return key;
            std::replace(key.begin(), key.end(), '+', ' ');
            return percent_decoded(key);
        };
        Page page;
        for (const pugi::xml_node& node : root.children("Contents")) {
            const std::string_view size = node.child_value("Size");
            Listed entry{name(node.child_value("Key")), false, 0};
            const auto [end, error] = std::from_chars(size.data(), size.data() + size.size(), entry.size);
            if (entry.key.empty() || error != std::errc() || end != size.data() + size.size())
                throw Error("a listing has an entry without key or size");
            page.entries.push_back(std::move(entry));
        }
        for (const pugi::xml_node& node : root.children("CommonPrefixes"))
            page.entries.push_back({name(node.child_value("Prefix")), true, 0});
        if (std::string_view(root.child_value("IsTruncated")) == "true") {
            page.next = root.child_value("NextContinuationToken");
            if (page.next.empty()) throw Error("a listing goes on and does not say where");
        }
        return page;
    }

    Headers put_headers(Bytes body) const override {
        // A signature covers the body.
        if (settings_.keys) return {};
        return {{"content-md5", base64(library().md5(body))}};
    }

    std::string begin_parts(const Url& url, const Perform& perform) override {
        const HttpResponse response = perform(post(url, {{"uploads", ""}}, {}));
        const pugi::xml_document document = parse_xml(response);
        const std::string upload = root_of(document, "InitiateMultipartUploadResult").child_value("UploadId");
        if (upload.empty()) throw Error("an answer has no UploadId");
        return upload;
    }

    Ask part_ask(const Url& url, const std::string& upload, std::size_t number, Bytes body) const override {
        Ask ask = post(url, {{"partNumber", fmt::format("{}", number + 1)}, {"uploadId", upload}}, body);
        ask.method = "PUT";
        ask.headers = put_headers(body);
        return ask;
    }

    void finish_parts(const Url& url, const std::string& upload, const std::vector<Part>& parts,
                      const Perform& perform) override {
        std::string text = "<CompleteMultipartUpload>";
        for (std::size_t i = 0; i < parts.size(); ++i)
            text +=
                fmt::format("<Part><PartNumber>{}</PartNumber><ETag>{}</ETag></Part>", i + 1, escaped(parts[i].tag));
        text += "</CompleteMultipartUpload>";
        const HttpResponse response = perform(post(url, {{"uploadId", upload}}, bytes_of(text)));
        // The status comes before the work, so that a failure may come with 200.
        const pugi::xml_document document = parse_xml(response);
        if (std::string_view(document.document_element().name()) == "Error")
            throw TransientError("the server could not put the parts together: " + code_of(response));
        root_of(document, "CompleteMultipartUploadResult");
    }

    void abort_parts(const Url& url, const std::string& upload, std::size_t, const Perform& perform) override {
        Ask ask = post(url, {{"uploadId", upload}}, {});
        ask.method = "DELETE";
        perform(ask);
    }

  private:
    /// Where a bucket is: in the path of an endpoint of one's own; in the host's name at Amazon, where its name allows.
    Endpoint place_of(const std::string& bucket) const {
        if (!endpoint_.origin.empty()) return {endpoint_.origin, endpoint_.host, endpoint_.path + "/" + bucket};
        const bool china = settings_.region.starts_with("cn-");
        std::string host = fmt::format("s3.{}.amazonaws.com{}", settings_.region, china ? ".cn" : "");
        // With a dot in it the certificate would not fit, capital letters are of the first days.
        const auto fits = [](char c) { return c == '-' || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
        if (!std::all_of(bucket.begin(), bucket.end(), fits)) return {"https://" + host, host, "/" + bucket};
        host = bucket + "." + host;
        return {"https://" + host, host, ""};
    }

    Ask post(const Url& url, Query query, Bytes body) const {
        Ask ask{"POST", url.host, url.path, std::move(query)};
        ask.headers = {{"content-type", "application/xml"}};
        ask.body = body;
        ask.limit = std::uint64_t{1} << 20;
        return ask;
    }

    static std::string escaped(const std::string& text) {
        std::string result;
        for (const char c : text) {
            if (c == '"') result += "&quot;";
            else if (c == '<') result += "&lt;";
            else if (c == '&') result += "&amp;";
            else result += c;
        }
        return result;
    }

    AwsSettings settings_;
    Endpoint endpoint_;
};

}  // namespace

std::unique_ptr<Service> make_s3_service() { return std::make_unique<S3Service>(); }

}  // namespace levin::remote
