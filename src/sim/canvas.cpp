// SPDX-License-Identifier: Apache-2.0
#include "sim/canvas.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace vedette::sim {
namespace {

// Each row of pixels is sampled by this many lines; along a line coverage is exact.
constexpr int kLines = 4;
constexpr int kFull = 256;  // coverage of a pixel by one line

struct Tone {
  uint8_t y, u, v;
};

/// ITU-R BT.709-6 §3, limited range.
Tone to_yuv(Color c) {
  const auto clamp = [](double v) {
    return static_cast<uint8_t>(std::lround(std::clamp(v, 0.0, 255.0)));
  };
  return {clamp(16 + 0.1826 * c.r() + 0.6142 * c.g() + 0.0620 * c.b()),
          clamp(128 - 0.1006 * c.r() - 0.3386 * c.g() + 0.4392 * c.b()),
          clamp(128 + 0.4392 * c.r() - 0.3989 * c.g() - 0.0403 * c.b())};
}

/// `weight` of kWhole.
constexpr int kWhole = kLines * kFull * 256;
uint8_t blend(uint8_t under, uint8_t over, int weight) {
  const auto mixed = static_cast<uint32_t>(under * (kWhole - weight) + over * weight + kWhole / 2);
  return static_cast<uint8_t>(mixed / kWhole);
}

/// Adds what the stretch [x0, x1) of one line covers of each pixel.
void cover(std::vector<int>& row, double x0, double x1) {
  const double limit = static_cast<double>(row.size());
  x0 = std::clamp(x0, 0.0, limit);
  x1 = std::clamp(x1, 0.0, limit);
  if (x1 <= x0) return;
  const auto first = static_cast<size_t>(x0);
  const auto last = std::min(static_cast<size_t>(x1), row.size() - 1);
  if (first == last) {
    row[first] += static_cast<int>((x1 - x0) * kFull);
    return;
  }
  row[first] += static_cast<int>((static_cast<double>(first) + 1 - x0) * kFull);
  for (size_t x = first + 1; x < last; ++x) row[x] += kFull;
  row[last] += static_cast<int>((x1 - static_cast<double>(last)) * kFull);
}

struct Edge {
  double y0, y1;  // y0 < y1
  double x0;      // at y0
  double slope;   // of x by y
};

std::vector<Edge> edges_of(const Outline& points) {
  std::vector<Edge> edges;
  edges.reserve(points.size());
  for (size_t i = 0; i < points.size(); ++i) {
    Point a = points[i];
    Point b = points[i + 1 < points.size() ? i + 1 : 0];
    if (a.y == b.y) continue;
    if (a.y > b.y) std::swap(a, b);
    edges.push_back({a.y, b.y, a.x, (b.x - a.x) / (b.y - a.y)});
  }
  return edges;
}

/// Fills the pixels of one row with what an outline covers of them.
class Row {
 public:
  Row(int x0, int x1) : x0_(x0), coverage_(static_cast<size_t>(x1 - x0)) {}

  const std::vector<int>& sample(const std::vector<Edge>& edges, int y) {
    std::fill(coverage_.begin(), coverage_.end(), 0);
    active_.clear();
    for (const Edge& edge : edges)
      if (edge.y0 < y + 1 && edge.y1 > y) active_.push_back(edge);
    for (int line = 0; line < kLines; ++line) {
      const double at = y + (line + 0.5) / kLines;
      crossings_.clear();
      for (const Edge& edge : active_)
        if (edge.y0 <= at && at < edge.y1)
          crossings_.push_back(edge.x0 + (at - edge.y0) * edge.slope - x0_);
      std::sort(crossings_.begin(), crossings_.end());
      for (size_t i = 0; i + 1 < crossings_.size(); i += 2)
        cover(coverage_, crossings_[i], crossings_[i + 1]);
    }
    return coverage_;
  }

 private:
  int x0_;
  std::vector<int> coverage_;
  std::vector<Edge> active_;
  std::vector<double> crossings_;
};

}  // namespace

Canvas::Planes Canvas::planes() const {
  const auto plane = [](std::vector<uint8_t>& pixels, int width, int height) {
    return Plane{pixels.data(), width, height, width / kStageWidth, height / kStageHeight};
  };
  const int cw = picture_.chroma_width();
  const int ch = picture_.chroma_height();
  return {plane(picture_.y, picture_.width, picture_.height), plane(picture_.u, cw, ch),
          plane(picture_.v, cw, ch)};
}

void Canvas::fill_plane(const Plane& plane, const Outline& outline, uint8_t value, double alpha) {
  Outline points = outline;
  double top = plane.height, bottom = 0, left = plane.width, right = 0;
  for (Point& p : points) {
    p = {p.x * plane.sx, p.y * plane.sy};
    top = std::min(top, p.y), bottom = std::max(bottom, p.y);
    left = std::min(left, p.x), right = std::max(right, p.x);
  }
  const int y0 = std::max(0, static_cast<int>(std::floor(top)));
  const int y1 = std::min(plane.height, static_cast<int>(std::ceil(bottom)));
  const int x0 = std::max(0, static_cast<int>(std::floor(left)));
  const int x1 = std::min(plane.width, static_cast<int>(std::ceil(right)));
  if (x0 >= x1 || y0 >= y1) return;

  const int weight = static_cast<int>(std::lround(std::clamp(alpha, 0.0, 1.0) * 256));
  const std::vector<Edge> edges = edges_of(points);
  Row row(x0, x1);
  for (int y = y0; y < y1; ++y) {
    const std::vector<int>& coverage = row.sample(edges, y);
    uint8_t* pixels = plane.pixels + size_t(y) * size_t(plane.width) + x0;
    for (size_t x = 0; x < coverage.size(); ++x)
      pixels[x] = blend(pixels[x], value, coverage[x] * weight);
  }
}

void Canvas::fill(const Outline& outline, Color color, double alpha) {
  const Tone tone = to_yuv(lit(color, light_));
  const Planes all = planes();
  fill_plane(all.y, outline, tone.y, alpha);
  fill_plane(all.u, outline, tone.u, alpha);
  fill_plane(all.v, outline, tone.v, alpha);
}

void Canvas::gradient(Box box, Color top, Color bottom) {
  // One strip per row of chroma, wherever the box begins. Strips that met within a row would each
  // cover half of it, and halves drawn one over the other let a quarter of what is below through.
  const double step = kStageHeight / picture_.chroma_height();
  for (int row = static_cast<int>(box.y0 / step); row * step < box.y1; ++row) {
    const double y0 = std::max(box.y0, row * step);
    const double y1 = std::min(box.y1, (row + 1) * step);
    const double share = (y0 - box.y0) / (box.y1 - box.y0);
    fill(Box{box.x0, y0, box.x1, y1}, mix(top, bottom, share));
  }
}

void Canvas::glow(Halo halo, Color color, double strength) {
  const Point center = halo.center;
  const Tone tone = to_yuv(color);
  const Planes all = planes();
  for (const auto& [plane, value] :
       {std::pair(all.y, tone.y), std::pair(all.u, tone.u), std::pair(all.v, tone.v)}) {
    const int y0 = std::max(0, static_cast<int>((center.y - halo.ry) * plane.sy));
    const int y1 = std::min(plane.height, static_cast<int>((center.y + halo.ry) * plane.sy) + 1);
    const int x0 = std::max(0, static_cast<int>((center.x - halo.rx) * plane.sx));
    const int x1 = std::min(plane.width, static_cast<int>((center.x + halo.rx) * plane.sx) + 1);
    for (int y = y0; y < y1; ++y) {
      uint8_t* row = plane.pixels + size_t(y) * size_t(plane.width);
      const double dy = ((y + 0.5) / plane.sy - center.y) / halo.ry;
      for (int x = x0; x < x1; ++x) {
        const double dx = ((x + 0.5) / plane.sx - center.x) / halo.rx;
        const double near = std::max(0.0, 1 - dx * dx - dy * dy);
        const int weight = static_cast<int>(strength * near * near * kWhole);
        row[x] = blend(row[x], value, std::min(weight, kWhole));
      }
    }
  }
}

}  // namespace vedette::sim
