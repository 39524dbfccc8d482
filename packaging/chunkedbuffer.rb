# SPDX-License-Identifier: MIT
class Chunkedbuffer < Formula
  desc "Split a byte stream into records, and frame them anew"
  homepage "https://chunkedbuffer.invalid/"
  url "https://chunkedbuffer.invalid/chunkedbuffer-0.1.0.tar.gz"
  sha256 "0000000000000000000000000000000000000000000000000000000000000000"
  license "MIT"

  depends_on "pkgconf" => :build

  def install
    system "./configure", "--disable-static", *std_configure_args
    system "make", "install"
  end

  test do
    assert_equal "3:one,3:two,",
      pipe_output("#{bin}/cbsplit --to netstring", "one\ntwo\n")
  end
end
