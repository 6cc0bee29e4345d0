// The one file that includes libcurl and libcrypto; the module that is loaded for the first URL.
#include <curl/curl.h>
#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <new>
#include <semaphore>

#include "levin/core/module.hpp"
#include "levin/remote/http.hpp"

namespace levin::remote {
namespace {

constexpr std::size_t longest_refusal = std::size_t{64} << 10, longest_headers = std::size_t{256} << 10;

struct Close {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Handle = std::unique_ptr<CURL, Close>;

/// One request under way; what libcurl's callbacks see.
struct Transfer {
    const HttpRequest& request;
    CURL* handle;
    HttpResponse response;
    std::size_t sent = 0, header_bytes = 0;
    bool out_of_memory = false, without_length = false;

    long status() const {
        long code = 0;
        curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &code);
        return code;
    }
    bool chunked() const {
        const std::string& coding = response.header("transfer-encoding");
        return coding.find("chunked") != coding.npos;
    }

    /// A line of the head of a response; of one after a redirect the first begins a new head.
    bool header(std::string_view line) {
        if ((header_bytes += line.size()) > longest_headers) return false;
        if (line.starts_with("HTTP/")) response.headers.clear();
        const std::size_t colon = line.find(':');
        if (colon == line.npos) return true;
        std::string name(line.substr(0, colon));
        std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
        std::string_view value = line.substr(colon + 1);
        const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
        while (!value.empty() && blank(value.front())) value.remove_prefix(1);
        while (!value.empty() && blank(value.back())) value.remove_suffix(1);
        response.headers[name] = value;
        return true;
    }

    /// Room for the body: all of it at once where its length is known, else twice as much as before.
    bool reserve(std::size_t more) {
        const std::size_t limit = status() < 300 ? static_cast<std::size_t>(request.limit) : longest_refusal;
        curl_off_t length = -1;
        curl_easy_getinfo(handle, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
        without_length = length < 0 && !chunked();
        const std::size_t whole = length > 0 ? static_cast<std::size_t>(length) : response.size + more;
        if (without_length) return false;
        if (whole > limit || more > limit - response.size) {
            response.cut = true;
            return false;
        }
        if (response.size + more <= response.body.size()) return true;
        Buffer larger(std::min(limit, std::max(whole, 2 * response.body.size())));
        if (response.size > 0) std::memcpy(larger.data(), response.body.data(), response.size);
        response.body = std::move(larger);
        return true;
    }

    std::size_t take(const char* data, std::size_t bytes) {
        if (!reserve(bytes)) return 0;
        std::memcpy(response.body.data() + response.size, data, bytes);
        response.size += bytes;
        return bytes;
    }

    static std::size_t on_header(char* data, std::size_t, std::size_t bytes, void* self) {
        try {
            return static_cast<Transfer*>(self)->header({data, bytes}) ? bytes : 0;
        } catch (const std::bad_alloc&) {
            static_cast<Transfer*>(self)->out_of_memory = true;
            return 0;
        }
    }
    static std::size_t on_data(char* data, std::size_t, std::size_t bytes, void* self) {
        try {
            return static_cast<Transfer*>(self)->take(data, bytes);
        } catch (const std::bad_alloc&) {
            static_cast<Transfer*>(self)->out_of_memory = true;
            return 0;
        }
    }
    static std::size_t on_send(char* to, std::size_t, std::size_t bytes, void* self) {
        Transfer& transfer = *static_cast<Transfer*>(self);
        const Bytes left = transfer.request.body.subspan(transfer.sent);
        const std::size_t count = std::min(bytes, left.size());
        if (count > 0) std::memcpy(to, left.data(), count);
        transfer.sent += count;
        return count;
    }
    /// libcurl sends a body again where a connection that it had kept has gone in the meantime.
    static int on_rewind(void* self, curl_off_t offset, int whence) {
        Transfer& transfer = *static_cast<Transfer*>(self);
        if (whence != SEEK_SET || offset < 0 || static_cast<std::size_t>(offset) > transfer.request.body.size())
            return CURL_SEEKFUNC_FAIL;
        transfer.sent = static_cast<std::size_t>(offset);
        return CURL_SEEKFUNC_OK;
    }
    static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
        return static_cast<Transfer*>(self)->request.stop.stop_requested();
    }
};

template <class Value>
void set(CURL* handle, CURLoption option, Value value) {
    if (const CURLcode code = curl_easy_setopt(handle, option, value); code != CURLE_OK)
        throw Error(fmt::format("libcurl: {}", curl_easy_strerror(code)));
}

/// A bundle of certificates in the place of the system's, as curl, OpenSSL, AWS and OpenStack programs take one.
const char* certificates() {
    for (const char* name : {"CURL_CA_BUNDLE", "SSL_CERT_FILE", "AWS_CA_BUNDLE", "OS_CACERT"})
        if (const char* file = std::getenv(name); file && *file) return file;
    return nullptr;
}

void restrict_protocols(CURL* handle, bool encrypted) {
#if LIBCURL_VERSION_NUM >= 0x075500
    set(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    set(handle, CURLOPT_REDIR_PROTOCOLS_STR, encrypted ? "https" : "http,https");
#else
    set(handle, CURLOPT_PROTOCOLS, static_cast<long>(CURLPROTO_HTTP | CURLPROTO_HTTPS));
    set(handle, CURLOPT_REDIR_PROTOCOLS,
        static_cast<long>(encrypted ? CURLPROTO_HTTPS : CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
}

void set_method(CURL* handle, const HttpRequest& request) {
    if (request.method == "HEAD") {
        set(handle, CURLOPT_NOBODY, 1L);
    } else if (request.method == "PUT") {
        set(handle, CURLOPT_UPLOAD, 1L);
        set(handle, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    } else if (request.method == "POST") {
        set(handle, CURLOPT_POST, 1L);
        set(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    } else if (request.method != "GET") {
        set(handle, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    }
}

void prepare(CURL* handle, Transfer& transfer, curl_slist* headers, char* said) {
    const HttpRequest& request = transfer.request;
    curl_easy_reset(handle);
    set(handle, CURLOPT_ERRORBUFFER, said);
    set(handle, CURLOPT_URL, request.url.c_str());
    set(handle, CURLOPT_PATH_AS_IS, 1L);  // what is signed is what is sent
    set(handle, CURLOPT_NOSIGNAL, 1L);
    set(handle, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(handle, CURLOPT_USERAGENT, "levin");
    set(handle, CURLOPT_HTTPHEADER, headers);
    set(handle, CURLOPT_CONNECTTIMEOUT, 20L);
    set(handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
    set(handle, CURLOPT_LOW_SPEED_TIME, 30L);
    restrict_protocols(handle, request.url.starts_with("https:"));
    set(handle, CURLOPT_FOLLOWLOCATION, request.follow ? 1L : 0L);
    set(handle, CURLOPT_MAXREDIRS, 5L);
    if (const char* file = certificates()) set(handle, CURLOPT_CAINFO, file);
    set_method(handle, request);
    set(handle, CURLOPT_HEADERFUNCTION, &Transfer::on_header);
    set(handle, CURLOPT_HEADERDATA, &transfer);
    set(handle, CURLOPT_WRITEFUNCTION, &Transfer::on_data);
    set(handle, CURLOPT_WRITEDATA, &transfer);
    set(handle, CURLOPT_READFUNCTION, &Transfer::on_send);
    set(handle, CURLOPT_READDATA, &transfer);
    set(handle, CURLOPT_SEEKFUNCTION, &Transfer::on_rewind);
    set(handle, CURLOPT_SEEKDATA, &transfer);
    set(handle, CURLOPT_NOPROGRESS, 0L);
    set(handle, CURLOPT_XFERINFOFUNCTION, &Transfer::on_progress);
    set(handle, CURLOPT_XFERINFODATA, &transfer);
}

[[noreturn]] void fail(const Transfer& transfer, CURLcode code, const std::string& said) {
    transfer.request.stop.check();
    if (transfer.out_of_memory) throw std::bad_alloc();
    if (transfer.without_length)
        throw Error("the server tells no length, so that an answer that is cut off could not be told from a whole one");
    switch (code) {
        case CURLE_COULDNT_RESOLVE_PROXY:
        case CURLE_COULDNT_RESOLVE_HOST:
        case CURLE_COULDNT_CONNECT:
        case CURLE_PARTIAL_FILE:
        case CURLE_OPERATION_TIMEDOUT:
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_GOT_NOTHING:
        case CURLE_SEND_ERROR:
        case CURLE_RECV_ERROR:
        case CURLE_SEND_FAIL_REWIND:
        case CURLE_WEIRD_SERVER_REPLY:
        case CURLE_HTTP2:
        case CURLE_HTTP2_STREAM:
            throw ConnectionLost(said);
        default:
            throw Error(said);
    }
}

class Curl final : public Library {
  public:
    Curl() {
        if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) throw Error("libcurl cannot be initialised");
    }

    HttpResponse perform(const HttpRequest& request) override {
        free_.acquire();
        Handle handle;
        struct Release {
            Curl& curl;
            Handle& handle;
            ~Release() {
                if (handle) curl.give(std::move(handle));
                curl.free_.release();
            }
        } const release{*this, handle};
        handle = take();
        Transfer transfer{request, handle.get(), {}};
        std::array<char, CURL_ERROR_SIZE> said{};
        std::unique_ptr<curl_slist, Close> headers;
        // Without these two libcurl waits for "100 Continue" before a body, and calls it a form.
        std::vector<std::string> all = request.headers;
        all.insert(all.end(), {"Expect:", "Accept:"});
        for (const std::string& header : all) {
            curl_slist* longer = curl_slist_append(headers.get(), header.c_str());
            if (!longer) throw std::bad_alloc();
            static_cast<void>(headers.release());
            headers.reset(longer);
        }
        prepare(handle.get(), transfer, headers.get(), said.data());
        const CURLcode code = curl_easy_perform(handle.get());
        transfer.response.status = static_cast<int>(transfer.status());
        if (code == CURLE_OK || (code == CURLE_WRITE_ERROR && transfer.response.cut))
            return std::move(transfer.response);
        fail(transfer, code, said[0] ? said.data() : curl_easy_strerror(code));
    }

    std::string sha256(Bytes bytes) override { return digest(EVP_sha256(), bytes); }
    std::string md5(Bytes bytes) override { return digest(EVP_md5(), bytes); }
    std::string hmac_sha256(std::string_view key, std::string_view text) override {
        std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
        unsigned size = 0;
        if (!HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
                  reinterpret_cast<const unsigned char*>(text.data()), text.size(), out.data(), &size))
            throw Error("libcrypto has no HMAC of SHA-256");
        return {reinterpret_cast<const char*>(out.data()), size};
    }

  private:
    static std::string digest(const EVP_MD* kind, Bytes bytes) {
        std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
        unsigned size = 0;
        if (!EVP_Digest(bytes.data(), bytes.size(), out.data(), &size, kind, nullptr))
            throw Error("libcrypto refuses a digest that the object store needs (MD5 in FIPS mode?)");
        return {reinterpret_cast<const char*>(out.data()), size};
    }

    /// The handle that was used last, whose connection is most likely still open.
    Handle take() {
        {
            const std::lock_guard lock(guard_);
            if (!idle_.empty()) {
                Handle handle = std::move(idle_.back());
                idle_.pop_back();
                return handle;
            }
        }
        Handle handle(curl_easy_init());
        if (!handle) throw std::bad_alloc();
        return handle;
    }
    void give(Handle handle) {
        const std::lock_guard lock(guard_);
        idle_.push_back(std::move(handle));
    }

    std::counting_semaphore<most_requests> free_{most_requests};
    std::mutex guard_;
    std::vector<Handle> idle_;
};

Library& instance() {
    static Curl curl;
    return curl;
}

std::string library_version() {
    return fmt::format("{}, {}", curl_version_info(CURLVERSION_NOW)->version, OpenSSL_version(OPENSSL_VERSION_STRING));
}

constexpr CurlModule contents{instance, library_version};

}  // namespace
}  // namespace levin::remote

extern "C" {
extern const levin::Module levin_module;
const levin::Module levin_module{LEVIN_VERSION, &levin::remote::contents};
}
