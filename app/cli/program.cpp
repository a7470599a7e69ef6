#include "app/cli/program.h"

#include <c10/util/Exception.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <initializer_list>
#include <new>
#include <system_error>

#include "app/cli/help.h"
#include "app/cli/other_names.h"
#include "app/cli/terminal.h"
#include "refract/core/errors.h"
#include "refract/core/options.h"
#include "refract/core/text.h"

namespace refract {
namespace {

using Words = std::vector<std::string>;

// The command that the first one or two words name; those words are taken away.
const Command& take_command(Words& words) {
  Words names;
  for (const Command& command : commands()) {
    const auto length = std::count(command.name.begin(), command.name.end(), ' ') + 1;
    const Words first(words.begin(), words.begin() + std::min<ptrdiff_t>(length, std::ssize(words)));
    if (fmt::format("{}", fmt::join(first, " ")) == command.name) {
      words.erase(words.begin(), words.begin() + length);
      return command;
    }
    if (command.name.starts_with(words.front() + " "))
      throw BadInput(fmt::format("The command '{}' takes a second word: `refract {} --help` explains it.",
                                 words.front(), command.name));
    if (!command.examples.empty()) names.push_back(command.name);
  }
  throw BadInput(fmt::format("There is no command '{}'. {}", words.front(), nearest_of_all(words.front(), names)));
}

// Why the words do not fit the command's arguments, as a sentence.
std::string complaint(const CLI::App& app, const CLI::ParseError& error) {
  const std::string more = fmt::format("`{} --help` shows what it takes.", app.get_name());
  const Words rest = app.remaining();
  if (dynamic_cast<const CLI::ExtrasError*>(&error) == nullptr || rest.empty())
    return fmt::format("{}: {}. {}", app.get_name(), error.what(), more);
  if (!rest.front().starts_with('-'))
    return fmt::format("{}: '{}' is one argument too many. {}", app.get_name(), rest.front(), more);
  Words known;
  for (const CLI::Option* option : app.get_options())
    for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
  const std::string given = rest.front().substr(0, rest.front().find('='));
  return fmt::format("{}: there is no option '{}'.{} {}", app.get_name(), given, nearest_told(given, known), more);
}

// All that stands on standard output goes through here, so that a full disk is noticed.
void print(const std::string& text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
    throw Error(fmt::format("Writing to standard output: {}.", std::strerror(errno)));
}

std::string text_of(const Result& result, bool json) {
  return json ? result.json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n" : printable_lines(result.text);
}

// Adds all arguments of the command and its help to `app`.
Action declare(CLI::App& app, const Command& command, bool& json) {
  app.description(command.summary);
  app.name("refract " + command.name);
  app.get_formatter()->column_width(32);
  Action action = command.declare(app);
  app.add_flag("--json", json, "print the result as one JSON document, and nothing else on standard output");
  add_examples(app, command);
  return action;
}

// "--name=" becomes "--name" and an empty word: CLI11 would take the next word for the value.
Words with_empty_values(const Words& words) {
  Words all;
  for (const std::string& word : words) {
    const bool empty = word.starts_with("--") && word.ends_with('=');
    all.push_back(empty ? word.substr(0, word.size() - 1) : word);
    if (empty) all.emplace_back();
  }
  return all;
}

int run_command(const Command& command, const Words& words, Invocation invocation) {
  CLI::App app;
  const Action action = declare(app, command, invocation.json);
  try {
    Words all = with_empty_values(words);
    std::reverse(all.begin(), all.end());  // as CLI11 wants them
    app.parse(std::move(all));
  } catch (const CLI::CallForHelp&) {
    print(app.help());
    return 0;
  } catch (const CLI::ParseError& error) {
    throw BadInput(complaint(app, error));
  }
  const Result result = action(invocation);
  print(text_of(result, invocation.json));
  return result.status;
}

int run_words(const std::string& program, Words words) {
  Words all = words;
  all.insert(all.begin(), "refract");
  const Invocation invocation{program, shell_quoted(all), false};
  if (words.empty() || words == Words{"help"} || words.front() == "-h" || words.front() == "--help") {
    print(general_help());
    return 0;
  }
  if (words.front() == "--version") words.front() = "version";
  if (words.front() == "help") {
    words.erase(words.begin());
    words.emplace_back("--help");
  }
  const Command& command = take_command(words);
  return run_command(command, words, invocation);
}

// The first `begin` bytes and the last `end` ones where there are more than `most`.
std::string cut(const std::string& text, size_t most, size_t begin, size_t end) {
  if (text.size() <= most) return text;
  const auto is_inside_character = [&](size_t at) { return (static_cast<unsigned char>(text[at]) & 0xc0U) == 0x80U; };
  size_t from = text.size() - end;
  while (from < text.size() && is_inside_character(from)) ++from;
  return fmt::format("{} [...] {}", beginning(text, begin), text.substr(from));
}

// Names that users give may be of any length; a sentence that repeats one stays readable.
std::string shortened(const std::string& why) {
  std::string text;
  for (size_t from = 0; from < why.size();) {
    const size_t blank = std::min(why.find_first_of(" \n", from), why.size());
    text += cut(why.substr(from, blank - from), 1000, 100, 60);
    text += why.substr(blank, 1);
    from = blank + 1;
  }
  return cut(text, 4000, 2000, 1000);
}

int fail(int status, const std::string& why) {
  say_failure(shortened(why));
  return status;
}

// Of a path that the user gave, unless the machine refused.
int fail(const std::filesystem::filesystem_error& error) {
  const auto machine = {std::errc::no_space_on_device, std::errc::io_error, std::errc::read_only_file_system,
                        std::errc::file_too_large, std::errc::too_many_files_open};
  const bool given = std::none_of(machine.begin(), machine.end(), [&](std::errc e) { return error.code() == e; });
  return fail(given ? 2 : 1, fmt::format("Using the path {}: {}.", error.path1().string(), error.code().message()));
}

// LibTorch's errors without the frames of its C++ code.
int fail(const c10::Error& error) {
  const std::string why = error.what_without_backtrace();
  if (why.find("allocate memory") != std::string::npos || why.find("out of memory") != std::string::npos)
    return fail(1, "There is not enough memory for this. Try a smaller batch, size or number of examples.");
  return fail(1, fmt::format("LibTorch could not go on: {}", why.substr(0, why.find('\n'))));
}

bool is_plain(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || std::string("_-./=:,+@%").find(c) != std::string::npos;
}

}  // namespace

int run_program(const std::string& program, const Words& words, const std::function<void()>& prepare) try {
  if (prepare) prepare();
  return run_words(program, words);
} catch (const BadInput& error) {
  return fail(2, error.what());
} catch (const std::bad_alloc&) {
  return fail(1, "There is not enough memory for this. Try a smaller batch, size or number of examples.");
} catch (const c10::Error& error) {
  return fail(error);
} catch (const std::filesystem::filesystem_error& error) {
  return fail(error);
} catch (const std::system_error& error) {
  return fail(1, fmt::format("The system refused what the program needs: {}.", error.code().message()));
} catch (const std::exception& error) {
  return fail(1, error.what());
}

std::string command_help(const Command& command) {
  CLI::App app;
  bool json = false;
  const Action action = declare(app, command, json);
  return app.help();
}

std::string shell_quoted(const Words& words) {
  std::string line;
  for (const std::string& word : words) {
    if (!line.empty()) line += ' ';
    if (!word.empty() && std::all_of(word.begin(), word.end(), is_plain)) {
      line += word;
      continue;
    }
    line += '\'';
    for (const char c : word) line += c == '\'' ? std::string("'\\''") : std::string(1, c);
    line += '\'';
  }
  return line;
}

}  // namespace refract
