/// Inputs that must stay what they are: one that is replaced while it is read, or between the runs that make an output
/// together, would give a mixture of both.
#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "levin/store/file.hpp"

namespace levin::engine {

class Watch {
  public:
    /// Begins to watch the input that messages call `name`. `files`: those that a replacement would change; they may be
    /// missing.
    Watch(std::string name, const std::vector<std::string>& files);
    /// Error, naming the file, when one of them is another now, or gone, or has come.
    void check() const;
    const std::string& name() const { return name_; }
    /// Sizes and times in short, for comparison with what a run on any machine says that sees the same files.
    std::string digest() const;

  private:
    std::string name_;
    std::vector<std::pair<std::string, std::optional<store::FileState>>> files_;
};

}  // namespace levin::engine
