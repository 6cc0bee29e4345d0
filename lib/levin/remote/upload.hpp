/// Objects behind s3:// and swift:// URLs, written: each appears whole or not at all.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "levin/remote/service.hpp"

namespace levin::remote {

/// Puts an object, in the place of one that is there.
void put(const std::string& url, Bytes bytes);

/// An object that is made of pieces: held in memory until they are `part_bytes`, from there on put part by part. It
/// appears with finish(); without it nothing is left.
class Upload {
  public:
    explicit Upload(std::string url);
    ~Upload();
    Upload(const Upload&) = delete;
    Upload& operator=(const Upload&) = delete;

    void write(Bytes bytes);
    void finish();
    std::uint64_t size() const { return size_; }

    /// S3 allows 10000 parts, of 5 MiB at least: objects of 156 GiB.
    static constexpr std::size_t part_bytes = std::size_t{16} << 20;
    /// What writing an object of at most `longest` bytes holds.
    static constexpr std::size_t memory(std::size_t longest) {
        return 2 * (longest < part_bytes ? longest : part_bytes);
    }

  private:
    void put_part();
    HttpResponse perform_named(const Ask& ask) const;
    std::string url_;
    Url parsed_;
    Service& service_;
    std::vector<std::byte> held_;
    std::vector<Service::Part> parts_;
    std::string upload_;  ///< the service's name for the parts; "" before the first
    std::uint64_t size_ = 0;
};

/// Removes an object; one that is not there is fine.
void remove(const std::string& url);
/// Removes every object below the folder `url`.
void remove_all(const std::string& url);

}  // namespace levin::remote
