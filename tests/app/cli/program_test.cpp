// What holds for the program as a whole: help, spelling, precedence, JSON, exit codes.
#include "app/cli/program.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "app/cli/command.h"
#include "refract/core/files.h"
#include "refract/core/options.h"
#include "tests/support/program.h"

namespace refract {
namespace {

using testing_support::Folder;
using testing_support::Ran;
using testing_support::refract;

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream parts(line);
  return {std::istream_iterator<std::string>(parts), std::istream_iterator<std::string>()};
}

void expect_refused(const std::vector<std::string>& words, const std::vector<std::string>& named) {
  const Ran ran = refract(words);
  EXPECT_EQ(ran.status, 2) << ran.err;
  EXPECT_EQ(ran.out, "");
  for (const std::string& name : named) EXPECT_NE(ran.err.find(name), std::string::npos) << name << " in: " << ran.err;
}

TEST(Program, GeneralHelpListsEveryCommand) {
  const Ran ran = refract({"--help"});
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(refract({}).out, ran.out);
  for (const Command& command : commands())
    EXPECT_EQ(ran.out.find("\n  " + command.name + " ") != std::string::npos, !command.examples.empty())
        << command.name;
}

TEST(Program, HelpOfEveryCommandHasAnExampleThatParses) {
  for (const Command& command : commands()) {
    std::vector<std::string> words = words_of(command.name);
    words.emplace_back("--help");
    const Ran help = refract(words);
    EXPECT_EQ(help.status, 0) << command.name;
    EXPECT_NE(help.out.find(command.summary), std::string::npos);
    for (const std::string& example : command.examples) {
      EXPECT_NE(help.out.find("  " + example + "\n"), std::string::npos) << command.name;
      std::vector<std::string> parsed = words_of(example);
      ASSERT_EQ(parsed.front(), "bin/refract");
      parsed.front() = "help";
      EXPECT_EQ(refract(parsed).status, 0) << example;
    }
  }
}

TEST(Program, HelpOfTrainShowsTheOptionsOfTheMethodAndTheData) {
  const Ran ran = refract({"train", "srbvae", "--data", "embedded-digits", "--help"});
  EXPECT_NE(ran.out.find("adversarial_weight"), std::string::npos);
  EXPECT_NE(ran.out.find("unlabelled_images"), std::string::npos);
  EXPECT_NE(ran.out.find("checkpoint_minutes"), std::string::npos);
}

TEST(Program, UnknownNamesAreAnsweredWithTheNearest) {
  expect_refused({"trian"}, {"'trian'", "'train'"});
  expect_refused({"list", "method"}, {"'method'", "'methods'"});
  expect_refused({"train", "srbvea", "--data", "digit-style", "--out", "x"}, {"'srbvea'", "'srbvae'"});
  expect_refused({"train", "srbvae", "--data", "digit-stile", "--out", "x"}, {"'digit-stile'", "'digit-style'"});
  expect_refused({"train", "srbvae", "--data", "embedded-digits", "--learning-rat", "1"},
                 {"'--learning-rat'", "'--learning-rate'"});
  expect_refused({"train", "srbvae", "--data", "embedded-digits", "--set", "stepz=1", "--out", "x"},
                 {"'stepz'", "'steps'"});
  expect_refused({"evaluate", "runs/none", "--metrics", "prope"}, {"'prope'", "'probe'"});
  expect_refused({"srbvae"}, {"There is no command 'srbvae'. 'srbvae' is a method: `refract train srbvae "});
  expect_refused({"srbvea"}, {"The nearest name: 'srbvae' is a method: `refract train srbvae "});
  expect_refused({"digit-style"}, {"'digit-style' is a data set: `refract train METHOD --data digit-style "});
  expect_refused({"mig"}, {"'mig' is a metric: `refract evaluate RUN --metrics mig`"});
  expect_refused({"traversals"}, {"'traversals' is a figure: `refract figures RUN --out DIR --only traversals`"});
  expect_refused({"samples"}, {"The nearest is 'sample';"});
  expect_refused({"options", "srbvaee"}, {"'srbvaee'", "'srbvae'"});
}

TEST(Program, WhatIsFarFromAllNamesIsAnsweredWithoutOne) {
  const auto answer_to = [](const std::vector<std::string>& words) {
    const Ran ran = refract(words);
    EXPECT_EQ(ran.status, 2) << words.front();
    EXPECT_EQ(ran.err.find("earest"), std::string::npos) << ran.err;
    return ran.err;
  };
  EXPECT_NE(answer_to({"qqqqqqqq"}).find("no command 'qqqqqqqq'. `refract --help` shows all."), std::string::npos);
  EXPECT_NE(answer_to({"list", "qqqqqqqq"}).find("expected methods"), std::string::npos);
  EXPECT_NE(answer_to({"options", "qqqqqqqq"}).find("`refract list methods`"), std::string::npos);
  EXPECT_NE(answer_to({"evaluate", "runs/none", "--metrics", "qqqqqqqq"}).find("list metrics"), std::string::npos);
  EXPECT_NE(answer_to({"sample", "runs/none", "--qqqqqqqq", "1"}).find("--help"), std::string::npos);
}

// Of any command that takes a name or a path.
TEST(Program, WordsOfAnyLengthAreRefusedInAShortSentence) {
  const std::string word(100000, 'a');
  const std::string run = testing_support::tiny_run().string();
  const Folder folder;
  std::vector<std::string> blanks = {"sample", word, "--out", folder / "a.png"};
  for (size_t i = 0; i < blanks[1].size(); i += 10) blanks[1][i] = ' ';
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {word},
           {"sample", word},
           {"sample", run, "--out", word},
           {"sample", run, "--out", word + ".png"},
           {"sample", run, "--" + word},
           {"sample", run, "--panels", word},
           {"sample", run, "--seed", "-1"},
           {"info", word},
           {"resume", word},
           {"evaluate", word},
           {"evaluate", run, "--metrics", word},
           {"encode", run, word},
           {"figures", word, "--out", folder / "figures"},
           {"figures", run, "--out", word},
           {"metrics", word},
           {"options", word},
           {"list", word},
           {"help", word},
           {"transfer", run, "--target", word, "--common", word},
           {"synthesize", run, word},
           {"synthesize", run, "--block", word, run},
           {"swap", run, word},
           {"retrieve", run, word},
           {"inpaint", run, word},
           {"inpaint", run, "--mask", word},
           {"inpaint", run, "--by", word},
           {"train", word, "--data", "embedded-digits", "--out", folder / "run"},
           {"train", "vae", "--data", word, "--out", folder / "run"},
           {"train", "vae", "--data", "embedded-digits", "--set", word + "=1", "--out", folder / "run"},
           {"train", "vae", "--data", "embedded-digits", "--set", "steps=" + word, "--out", folder / "run"},
           {"train", "vae", "--data", "embedded-digits", "--config", word, "--out", folder / "run"},
           {"train", "vae", "--data", "embedded-digits", "--reference_images", "9", "--unlabelled_images", "9", "--out",
            word},
           {"train", "vae", "--unlabelled", word, "--out", folder / "run"},
           blanks}) {
    const Ran ran = refract(words);
    EXPECT_EQ(ran.status, 2) << words.front() << ": " << ran.err;
    EXPECT_LT(ran.err.size(), 4500U) << words.front();
    EXPECT_EQ(ran.out, "");
  }
}

TEST(Program, ValuesOfTheWrongTypeOrRangeAreNamed) {
  const auto refused = [](const std::string& key, const std::string& value, const std::string& expected) {
    std::vector<std::string> words = testing_support::tiny_training("srbvae");
    words.insert(words.end(), {"--" + key, value, "--out", "x"});
    expect_refused(words, {key, "'" + value + "'", expected});
  };
  refused("steps", "many", "whole number");
  refused("learning_rate", "5", "0 to 1");
  refused("batch", "-1", "1 to");
  refused("device", "tpu", "cpu");
  refused("widths", "8,x", "list of whole numbers");
  expect_refused({"sample", "runs/demo", "--panels", "0"}, {"--panels"});
  expect_refused({"sample", "runs/demo", "more"}, {"'more'"});
  expect_refused({"info"}, {"--machine"});
  expect_refused({"train"}, {"method", "list methods"});
  expect_refused({"train", "vae"}, {"--data", "--unlabelled"});
  expect_refused({"train", "vae", "--data", "embedded-digits"}, {"--out"});
  expect_refused({"train", "vae", "--data", "embedded-digits", "--set", "steps", "--out", "x"},
                 {"'steps'", "key=value"});
}

TEST(Program, LaterOptionsGoBeforeEarlierAndAllBeforeTheFile) {
  const Folder folder;
  write_file(folder / "base.toml", "steps = 3\nbatch = 5\nseed = 9\ngenerator_output = \"leaky\"\n");
  std::vector<std::string> words = testing_support::tiny_training("vae");
  words.insert(words.end(),
               {"--config", folder / "base.toml", "--set", "batch=6", "seed=3", "--batch=7", "--generator-output=tanh",
                "--log-every", "1", "--out", folder / "run", "--no-evaluation"});
  const Ran ran = refract(words);
  ASSERT_EQ(ran.status, 0) << ran.err;
  const KeyValues stored = read_toml(folder / "run/options.toml");
  const auto value = [&](const std::string& key) {
    for (const auto& [name, text] : stored)
      if (name == key) return text;
    return std::string("absent");
  };
  EXPECT_EQ(value("steps"), "4");  // a flag of tiny_training
  EXPECT_EQ(value("batch"), "7");
  EXPECT_EQ(value("seed"), "3");
  EXPECT_EQ(value("generator_output"), "tanh");
  EXPECT_EQ(value("log_every"), "1");
  EXPECT_FALSE(std::filesystem::exists(folder / "run/report.html"));

  const Ran again =
      refract({"train", "--config", folder / "run/options.toml", "--out", folder / "again", "--no-evaluation"});
  ASSERT_EQ(again.status, 0) << again.err;
  EXPECT_EQ(read_file(folder / "again/options.toml"), read_file(folder / "run/options.toml"));
}

TEST(Program, JsonIsOneDocumentAndAloneOnStandardOutput) {
  for (const char* line : {"list methods", "list data", "list metrics", "list figures", "options srbvae", "options",
                           "options digit-style", "version", "info --machine"}) {
    std::vector<std::string> words = words_of(line);
    EXPECT_NE(refract(words).out.find('\n'), std::string::npos) << line;
    words.emplace_back("--json");
    const Ran ran = refract(words);
    EXPECT_EQ(ran.status, 0) << ran.err;
    EXPECT_TRUE(nlohmann::json::accept(ran.out)) << ran.out;
  }
}

TEST(Program, AShellTakesTheRecordedCommandLineAsItWas) {
  EXPECT_EQ(shell_quoted({"refract", "train", "a b", "it's", "--x=1", ""}), "refract train 'a b' 'it'\\''s' --x=1 ''");
}

}  // namespace
}  // namespace refract
