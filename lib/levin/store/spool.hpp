/// A file without a name: bytes that memory does not hold for now. Nothing of it stays when the process ends, however
/// it ends.
#pragma once
#include "levin/store/file.hpp"

namespace levin::store {

class Spool {
  public:
    /// Makes nothing yet; the first append or reserve does, in `folder`.
    explicit Spool(std::string folder) : folder_(std::move(folder)) {}
    ~Spool();
    Spool(const Spool&) = delete;
    Spool& operator=(const Spool&) = delete;

    /// Returns where the bytes begin. Not to be called by two threads at a time; the others below may be.
    std::uint64_t append(Bytes bytes);
    /// Makes the file as long as this, so that a disk that is too small shows now and not hours later; some file
    /// systems cannot say.
    void reserve(std::uint64_t size);
    /// Over what is there, or reserved.
    void write(std::uint64_t offset, Bytes bytes);
    void read(std::uint64_t offset, MutableBytes out) const;
    /// Gives the disk back what these bytes take.
    void release(std::uint64_t offset, std::uint64_t size);
    /// The end: where the next bytes will begin.
    std::uint64_t size() const { return size_; }

  private:
    [[noreturn]] void fail(const char* doing, int errno_value) const;
    void open();
    std::string folder_;
    int descriptor_ = -1;
    std::uint64_t size_ = 0;
};

}  // namespace levin::store
