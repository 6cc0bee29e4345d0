#include <fmt/format.h>

#include "levin/cli/completion.hpp"
#include "levin/cli/option.hpp"
#include "levin/cli/render.hpp"
#include "levin/core/version.hpp"

namespace levin::cli {
namespace {

using Value = CompletionEntry::Value;

std::string join(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
    return text;
}

std::string programs(const std::vector<CompletionTool>& tools) {
    std::string text = "levin";
    for (const CompletionTool& tool : tools) text += " " + program_name(tool.name);
    return text;
}

std::string tool_names(const std::vector<CompletionTool>& tools) {
    std::string text;
    for (const CompletionTool& tool : tools) text += (text.empty() ? "" : " ") + tool.name;
    return text;
}

/// `text` between single quotes of a POSIX shell; fish reads the same.
std::string quoted(const std::string& text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'') out += "'\\''";
        else out += c;
    }
    return out + "'";
}

// ---- bash ----------------------------------------------------------------------------------------------------------

const char* const bash_body = R"(
_levin() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} tool=${COMP_WORDS[0]##*/} first=1 words="" i word position=1
    COMPREPLY=()
    if [[ $tool == levin ]]; then
        tool=${COMP_WORDS[1]} first=2
        if (( COMP_CWORD == 1 )); then words="$__levin_tools help completion --help --version"
        elif [[ $tool == help ]]; then words=$__levin_tools
        elif [[ $tool == completion ]]; then words="bash zsh fish"
        fi
        if [[ -n $words ]]; then
            mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
            return
        fi
    else
        tool=${tool#"$__levin_prefix"}
    fi
    # Bash hands over --mode=reflect and zstd:1 in three words.
    if [[ $cur == "=" ]]; then cur=
    elif [[ $prev == "=" ]]; then prev=${COMP_WORDS[COMP_CWORD-2]}
    fi
    for (( i = first; i < COMP_CWORD; i++ )); do
        word=${COMP_WORDS[i]}
        if [[ $word == [=:] ]]; then (( i++ ))
        elif [[ $word == -* ]]; then
            [[ ${COMP_WORDS[i+1]} != "=" ]] && __levin_words "$tool" "$word" > /dev/null && (( i++ ))
        else (( position++ ))
        fi
    done
    if [[ $prev != -* ]] || ! words=$(__levin_words "$tool" "$prev"); then
        if [[ $cur == -* ]]; then words=$(__levin_words "$tool" options)
        else words=$(__levin_words "$tool" "@$position") || words="<path>"
        fi
    fi
    if [[ $words == "<path>" ]]; then
        compopt -o filenames 2> /dev/null
        mapfile -t COMPREPLY < <(compgen -f -- "$cur")
    else
        mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
    fi
}
)";

std::string bash_words(const CompletionEntry& entry) {
    if (entry.value == Value::path) return "<path>";
    return join(entry.choices);
}

std::string bash_script(const std::vector<CompletionTool>& tools) {
    std::string text = fmt::format("# bash completion for levin {}\n__levin_tools={}\n__levin_prefix={}\n\n", version(),
                                   quoted(tool_names(tools)), program_name(""));
    text +=
        "# Words for an option's value, an argument (@1, @2, ...) or \"options\"; fails for what takes no "
        "value.\n__levin_words() {\n    case \"$1 $2\" in\n";
    for (const CompletionTool& tool : tools) {
        std::string options;
        for (const CompletionEntry& option : tool.options) {
            options += (options.empty() ? "" : " ") + option.name;
            if (option.value == Value::none) continue;
            const std::string also =
                option.short_name.empty() ? "" : fmt::format("|{}", quoted(tool.name + " " + option.short_name));
            text += fmt::format("        {}{}) echo {} ;;\n", quoted(tool.name + " " + option.name), also,
                                quoted(bash_words(option)));
        }
        text += fmt::format("        {}) echo {} ;;\n", quoted(tool.name + " options"), quoted(options));
        for (std::size_t i = 0; i < tool.arguments.size() && !tool.arguments[i].repeatable; ++i)
            text += fmt::format("        {}) echo {} ;;\n", quoted(fmt::format("{} @{}", tool.name, i + 1)),
                                quoted(bash_words(tool.arguments[i])));
    }
    return text + "        *) return 1 ;;\n    esac\n}\n" + bash_body + "complete -F _levin " + programs(tools) + "\n";
}

// ---- zsh -----------------------------------------------------------------------------------------------------------

std::string zsh_escape(const std::string& text) {
    std::string out;
    for (const char c : text)
        out += c == '[' || c == ']' || c == ':' || c == '\\' ? std::string("\\") + c : std::string(1, c);
    return out;
}

std::string zsh_value(const CompletionEntry& entry) {
    const std::string name = entry.name.starts_with("--") ? "value" : zsh_escape(entry.name);
    if (entry.value == Value::path) return ":" + name + ":_files";
    if (entry.value == Value::text) return ":" + name + ":";
    std::vector<std::string> choices;
    for (const std::string& choice : entry.choices) choices.push_back(zsh_escape(choice));
    return ":" + name + ":(" + join(choices) + ")";
}

std::string zsh_option(const CompletionEntry& option) {
    const bool flag = option.value == Value::none;
    const std::string rest = quoted("[" + zsh_escape(option.help) + "]" + (flag ? "" : zsh_value(option)));
    const std::string name = option.name + (flag ? "" : "=");
    const char* const often = option.repeatable ? "*" : "";
    if (option.short_name.empty()) return quoted(often + name) + rest;
    const std::string exclusion = option.repeatable ? "*" : fmt::format("({} {})", option.short_name, option.name);
    return quoted(exclusion) + "{" + option.short_name + (flag ? "" : "+") + "," + name + "}" + rest;
}

std::string zsh_script(const std::vector<CompletionTool>& tools) {
    std::string text = "#compdef " + programs(tools) + "\n# zsh completion for levin " + version() +
                       "\n\n_levin_tool() {\n    case $1 in\n";
    for (const CompletionTool& tool : tools) {
        text += "        " + tool.name + ") _arguments -s";
        for (const CompletionEntry& option : tool.options) text += " \\\n            " + zsh_option(option);
        for (std::size_t i = 0; i < tool.arguments.size(); ++i) {
            const bool rest = tool.arguments[i].repeatable;
            text += " \\\n            " + quoted((rest ? "*" : std::to_string(i + 1)) + zsh_value(tool.arguments[i]));
            if (rest) break;
        }
        text += " ;;\n";
    }
    text += "        *) _files ;;\n    esac\n}\n\n_levin() {\n    local tool=${service#" + program_name("") +
            "}\n    local -a tools=(\n";
    for (const CompletionTool& tool : tools)
        text += "        " + quoted(tool.name + ":" + zsh_escape(tool.summary)) + "\n";
    return text + R"(    )
    if [[ $service == levin ]]; then
        if (( CURRENT == 2 )); then
            tools+=('help:show the manual of a tool' 'completion:write a completion script')
            _describe tool tools
            return
        fi
        tool=$words[2]
        shift words
        (( CURRENT-- ))
        case $tool in
            help) (( CURRENT == 2 )) && _describe tool tools; return ;;
            completion) (( CURRENT == 2 )) && compadd bash zsh fish; return ;;
        esac
    fi
    _levin_tool $tool
}

if [[ $funcstack[1] == _levin ]]; then _levin "$@"; else compdef _levin )" +
           programs(tools) + "; fi\n";
}

// ---- fish ----------------------------------------------------------------------------------------------------------

std::string fish_value(const CompletionEntry& entry) {
    switch (entry.value) {
        case Value::none:
            return "";
        case Value::text:
            return " -x";
        case Value::path:
            return " -r -F";
        case Value::choice:
            break;
    }
    return " -x -a " + quoted(join(entry.choices));
}

std::string fish_script(const std::vector<CompletionTool>& tools) {
    std::string text = fmt::format("# fish completion for levin {}\n", version());
    text +=
        "function __levin_declare\n    complete -c levin -n \"__fish_seen_subcommand_from $argv[1]\" $argv[2..-1]\n    "
        "complete -c " +
        program_name("") + "$argv[1] $argv[2..-1]\nend\n\n";
    const std::string entry = "complete -c levin -f -n __fish_use_subcommand -a ";
    text += entry + "help -d 'show the manual of a tool'\n" + entry + "completion -d 'write a completion script'\n";
    text += "complete -c levin -f -n '__fish_seen_subcommand_from help' -a " + quoted(tool_names(tools)) + "\n";
    text += "complete -c levin -f -n '__fish_seen_subcommand_from completion' -a 'bash zsh fish'\n";
    for (const CompletionTool& tool : tools) {
        text += '\n' + entry + tool.name + " -d " + quoted(tool.summary) + '\n';
        for (const CompletionEntry& option : tool.options) {
            text += fmt::format("__levin_declare {} -l {}{}{} -d {}\n", tool.name, option.name.substr(2),
                                option.short_name.empty() ? "" : " -s " + option.short_name.substr(1),
                                fish_value(option), quoted(option.help));
        }
        if (tool.arguments.empty() || tool.arguments[0].value != Value::choice) continue;
        const std::string names = join(tool.arguments[0].choices);
        text += fmt::format(
            "complete -c levin -n '__fish_seen_subcommand_from {0}; and not __fish_seen_subcommand_from {1}' -a "
            "'{1}'\n",
            tool.name, names);
        text += fmt::format("complete -c {0} -n 'not __fish_seen_subcommand_from {1}' -a '{1}'\n",
                            program_name(tool.name), names);
    }
    return text;
}

}  // namespace

std::string completion_script(const std::string& shell, const std::vector<CompletionTool>& tools) {
    switch (detail::find_name(shell, {"bash", "zsh", "fish"})) {
        case 0:
            return bash_script(tools);
        case 1:
            return zsh_script(tools);
        default:
            return fish_script(tools);
    }
}

}  // namespace levin::cli
