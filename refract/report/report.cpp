#include "refract/report/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "refract/eval/table.h"
#include "refract/report/html.h"
#include "refract/report/report_style.h"

namespace refract {
namespace {

std::string section(std::string_view title, std::string_view body) {
  return body.empty() ? "" : fmt::format("<section>\n<h2>{}</h2>\n{}</section>\n", title, body);
}

std::string head(const Report& report) {
  std::string page =
      fmt::format("<h1>{}</h1>\n<p class=\"soft\">Report of {}</p>\n", escape(report.title), escape(report.date));
  if (!report.note.empty()) page += fmt::format("<p class=\"note\">{}</p>\n", escape(report.note));
  page += "<dl class=\"facts\">\n";
  for (const auto& [name, value] : report.summary)
    page += fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", escape(name), escape(value));
  return page +
         fmt::format("</dl>\n<p class=\"soft\">Made by this command:</p>\n<pre>{}</pre>\n", escape(report.command));
}

double largest(const MetricTable& table) {
  double most = 0;
  for (const MetricTable::Row& row : table.rows)
    for (const double value : row.values)
      if (std::isfinite(value)) most = std::max(most, value);
  return most;
}

// A number with a bar behind it, as long as its part of the table's largest.
std::string cell(const MetricTable::Row& row, size_t column, double most, bool average) {
  const double value = row.values[column];
  const double part = std::isfinite(value) && most > 0 ? std::clamp(100 * value / most, 0.0, 100.0) : 0;
  return fmt::format("<td class=\"number{}\" style=\"--part:{:.0f}%\">{}</td>", average ? " average" : "", part,
                     value_text(row, column));
}

std::string metric_table(const MetricTable& table) {
  std::string html =
      fmt::format("<div class=\"card\">\n<h3>{}</h3>\n<div class=\"unit\">{}</div>\n<div class=\"scroll\"><table>\n",
                  escape(table.title), escape(table.unit));
  html += "<thead><tr><th></th>";
  for (const std::string& column : table.columns) html += fmt::format("<th class=\"number\">{}</th>", escape(column));
  html += "</tr></thead>\n<tbody>\n";
  const double most = largest(table);
  for (const MetricTable::Row& row : table.rows) {
    html += fmt::format("<tr><th>{}</th>", escape(row.name));
    for (size_t i = 0; i < row.values.size(); ++i)
      html += cell(row, i, most, i < table.columns.size() && table.columns[i] == "average");
    html += "</tr>\n";
  }
  html += fmt::format("</tbody></table></div>\n<div class=\"unit\">{}</div>\n", escape(table.protocol));
  if (!table.note.empty()) html += fmt::format("<p class=\"note\">{}</p>\n", escape(table.note));
  return html + "</div>\n";
}

std::string results(const Report& report) {
  if (report.tables.empty())
    return report.evaluated_step > 0 ? "<p>No metric was measured. The chosen metrics need held-out examples with "
                                       "labels or ground-truth factors.</p>\n"
                                     : "<p>Not evaluated yet. <code>refract evaluate</code> measures the codes.</p>\n";
  std::string html = fmt::format("<p class=\"soft\">Measured after step {}.</p>\n", report.evaluated_step);
  for (const MetricTable& table : report.tables) html += metric_table(table);
  return html;
}

std::string pictures(const Report& report) {
  std::string html;
  if (std::any_of(report.pictures.begin(), report.pictures.end(), [](const auto& picture) { return picture.reduced; }))
    html +=
        "<p class=\"soft\">To keep this page small, it shows reduced copies. The folder figures beside it has the full "
        "pictures.</p>\n";
  for (const ReportPicture& picture : report.pictures) {
    const std::string width = picture.width > 0 ? fmt::format(" width=\"{}\"", picture.width) : "";
    html += fmt::format(
        "<figure class=\"card\">\n<h3>{0}</h3>\n<figcaption>{1}</figcaption>\n<img alt=\"{0}\"{2} "
        "src=\"{3}\">\n</figure>\n",
        escape(picture.title), escape(picture.caption), width, data_url(picture.type, picture.bytes));
  }
  return html;
}

std::string charts(const Report& report) {
  std::string html;
  for (const Curve& curve : report.curves) {
    const std::string chart = line_chart(curve, "step");
    if (!chart.empty()) html += "<div>" + chart + "</div>\n";
  }
  if (html.empty()) return "";
  return "<p class=\"soft\">Every term of the training, with its running mean. The number is the last value of the "
         "mean.</p>\n<div class=\"charts\">\n" +
         html + "</div>\n";
}

std::string options(const Report& report) {
  if (report.options.empty()) return "";
  std::string html =
      "<p class=\"soft\">Coloured values differ from the default.</p>\n<div class=\"card\"><div "
      "class=\"scroll\"><table>\n"
      "<thead><tr><th>option</th><th>value</th><th>default</th><th>meaning</th></tr></thead>\n<tbody>\n";
  for (const ReportOption& option : report.options) {
    const std::string unit =
        option.unit.empty() ? "" : fmt::format(" <span class=\"soft\">({})</span>", escape(option.unit));
    html += fmt::format(
        "<tr{}><td class=\"mono\">{}</td><td class=\"mono value\">{}</td><td class=\"mono "
        "soft\">{}</td><td>{}{}</td></tr>\n",
        option.value == option.default_value ? "" : " class=\"changed\"", escape(option.name), escape(option.value),
        escape(option.default_value), escape(option.meaning), unit);
  }
  return html + "</tbody></table></div></div>\n";
}

std::string record(const Report& report) {
  if (report.facts.empty()) return "";
  std::string html = "<div class=\"card\"><div class=\"scroll\"><table><tbody>\n";
  for (const auto& [name, value] : report.facts)
    html += fmt::format("<tr><th>{}</th><td class=\"mono value\">{}</td></tr>\n", escape(name), escape(value));
  return html + "</tbody></table></div></div>\n";
}

}  // namespace

std::string to_html(const Report& report) {
  std::string page = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src "
      "'unsafe-inline'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{}</title>\n<style>{}</style>\n"
      "</head>\n<body>\n<main>\n",
      escape(report.title), report_style());
  page += head(report);
  page += section("Results", results(report));
  page += section("Pictures", pictures(report));
  page += section("Training", charts(report));
  page += section("Options", options(report));
  page += section("Record", record(report));
  return page +
         "<footer>Written by Refract. This page is complete in itself and works "
         "offline.</footer>\n</main>\n</body>\n</html>\n";
}

}  // namespace refract
