#include "picture_text.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <utility>

#include <vtkFreeTypeTools.h>
#include <vtkNew.h>
#include <vtkStdString.h>
#include <vtkTextProperty.h>
#include <vtkVersionMacros.h>
#if VTK_VERSION_NUMBER < VTK_VERSION_CHECK(9, 2, 0)
#include <vtkUnicodeString.h>
#endif

namespace tessera::io {
namespace {

constexpr double raised_size = 0.7, raised_by = 0.42, capital_height = 0.72;

int to_canvas(double pixels)
{
  return static_cast<int>(std::lround(pixels * fine));
}

/// A run of text in one size, as it is handed to FreeType.
struct Piece {
  std::string text;
  bool raised = false;
};

/// Names come from data files and may be of any length, and a picture grows with its labels.
std::string shortened(std::string const &text)
{
  constexpr std::size_t most = 80;  // bytes
  if (text.size() <= most) return text;
  std::size_t end = most;
  auto const inside_letter = [&] { return (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80; };
  while (end > 0 && inside_letter()) --end;
  return text.substr(0, end) + "…";
}

std::vector<Piece> split(std::string const &whole)
{
  std::string const text = shortened(whole);
  std::vector<Piece> pieces;
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t const open = text.find("^{", at);
    std::size_t const close = open == std::string::npos ? open : text.find('}', open);
    if (close == std::string::npos) break;
    if (open > at) pieces.push_back({text.substr(at, open - at), false});
    if (close > open + 2) pieces.push_back({text.substr(open + 2, close - open - 2), true});
    at = close + 1;
  }
  if (at < text.size()) pieces.push_back({text.substr(at), false});
  return pieces;
}

/// DejaVu Sans has the Greek and the signs that formulae need, the fonts inside VTK only ASCII.
/// Empty where it is not installed.
std::string font_file(bool bold)
{
  for (char const *folder : {"truetype/dejavu", "dejavu-sans-fonts", "dejavu", "TTF"}) {
    std::string const file = std::string("/usr/share/fonts/") + folder +
                             (bold ? "/DejaVuSans-Bold.ttf" : "/DejaVuSans.ttf");
    if (std::filesystem::exists(file)) return file;
  }
  return {};
}

/// FreeType's view of a style at canvas resolution, left and bottom justified.
void set(vtkTextProperty *property, TextStyle const &style, bool raised)
{
  property->SetFontFamilyToArial();
  if (std::string const file = font_file(style.bold); !file.empty()) {
    property->SetFontFamily(VTK_FONT_FILE);
    property->SetFontFile(file.c_str());
  }
  property->SetFontSize(std::max(1, to_canvas(style.size * (raised ? raised_size : 1))));
  property->SetBold(style.bold);
  property->SetColor(style.colour.red / 255., style.colour.green / 255., style.colour.blue / 255.);
  property->SetOrientation(style.upright ? 90 : 0);
  property->SetJustificationToLeft();
  property->SetVerticalJustificationToBottom();
}

// In VTK 9.1 only the overloads marked as going away read UTF-8; the others take bytes for letters.
#if VTK_VERSION_NUMBER < VTK_VERSION_CHECK(9, 2, 0)
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
vtkUnicodeString letters(std::string const &text)
{
  return vtkUnicodeString::from_utf8(vtkUnicodeString::is_utf8(text) ? text : "?");
}
#else
vtkStdString letters(std::string const &text)
{
  return text;
}
#endif

constexpr int dpi = 72;  // a point is a pixel

struct Extent {
  int along = 0, descent = 0;
};

/// Canvas pixels a piece takes along its line, and how far it reaches below the base line.
Extent measure(Piece const &piece, TextStyle style)
{
  style.upright = false;
  vtkNew<vtkTextProperty> property;
  set(property, style, piece.raised);
  vtkTextRenderer::Metrics metrics;
  vtkFreeTypeTools::GetInstance()->GetMetrics(property, letters(piece.text), dpi, metrics);
  return {metrics.BoundingBox[1] - metrics.BoundingBox[0] + 1, std::abs(metrics.Descent.GetY())};
}

}  // namespace

double text_width(std::string const &text, TextStyle const &style)
{
  int along = 0;
  for (Piece const &piece : split(text)) along += measure(piece, style).along;
  return double(along) / fine;
}

std::vector<Label> render_text(Point anchor, std::string const &text, TextStyle const &style)
{
  std::vector<Label> labels;
  double const width = text_width(text, style);
  double along = style.across == Across::left    ? 0
                 : style.across == Across::right ? -width
                                                 : -width / 2;
  double const base = style.up == Up::baseline ? 0
                      : style.up == Up::top    ? -capital_height * style.size
                                               : -capital_height * style.size / 2;
  vtkFreeTypeTools *tools = vtkFreeTypeTools::GetInstance();
  for (Piece const &piece : split(text)) {
    vtkNew<vtkTextProperty> property;
    set(property, style, piece.raised);
    Label label{vtkSmartPointer<vtkImageData>::New()};
    if (!tools->RenderString(property, letters(piece.text), dpi, label.image, label.size.data()))
      continue;

    Extent const extent = measure(piece, style);
    double const raise = base + (piece.raised ? raised_by * style.size : 0);
    double const below = raise - double(extent.descent) / fine;
    // Turned by 90 degrees a text runs upwards and its descent reaches to the right.
    Point const corner =
        style.upright ? Point{anchor.x - below - double(label.size[0]) / fine, anchor.y + along}
                      : Point{anchor.x + along, anchor.y + below};
    label.x = to_canvas(corner.x);
    label.y = to_canvas(corner.y);
    labels.push_back(std::move(label));
    along += double(extent.along) / fine;
  }
  return labels;
}

}  // namespace tessera::io
