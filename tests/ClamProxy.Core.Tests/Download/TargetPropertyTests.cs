using FsCheck;
using FsCheck.Fluent;

namespace ClamProxy.Core.Tests.Download;

/// <summary>What holds for a target whatever its base and path are.</summary>
public sealed class TargetPropertyTests
{
    private static readonly Gen<string> Piece = Gen.Elements(
        "..", "..", ".", "...", "/", "/", "/", "//", "\\", "%2e", "%2E", "%2f", "%2F", "%5c", "%252e", "%252f", "%25252e", "%00", "%0d%0a",
        "%",
        "%zz", "%c0%ae", "%3f", "%3b", ";", ";x=1", "?", "?q=/../..", "#", "@", ":", "[", "]", "a", "b%41", "~", "+", "|", "^",
        "evil.example",
        "http://", "\r\n", " ", "\t", "\0", "\u007f", "\u00e9", "\uff0e\uff0e", "\u2025", "*", "\"", "<");

    private static readonly Gen<string> Path =
        from pieces in Piece.ListOf()
        from slash in Gen.Frequency((9, Gen.Constant("/")), (1, Gen.Constant("")))
        select slash + string.Concat(pieces);

    private static readonly Gen<string> Base =
        from scheme in Gen.Frequency((8, Gen.Elements("http", "https", "HTTP")), (1, Gen.Elements("ftp", "file", "", "http:")))
        from host in Gen.Frequency(
            (8, Gen.Elements("h", "files.example", "files.example.", "10.0.0.1", "[::1]", "0x7f.1", "my_host")),
            (2, Gen.Elements("", "user@h", "h%2e", "h\\", "h h", "[::1", "a..b", "b\u00fccher.example", "h#", "h?", "evil@h")))
        from port in Gen.Frequency(
            (6, Gen.Constant("")), (3, Gen.Elements(":80", ":8443", ":65535")), (1, Gen.Elements(":0", ":65536", ":x", ":")))
        from path in Gen.Frequency(
            (3, Gen.Constant("")), (3, Gen.Constant("/")), (3, Gen.Elements("/a/b", "/a/b/", "/a//", "/a%2fb")), (1, Path))
        select $"{scheme}://{host}{port}{path}";

    [Fact]
    public void AnyBaseAndPath_KeepTheirBytesOrAreRefusedWithAReason() => Properties.Holds(
        Base.Zip(Path),
        given =>
        {
            var (root, path) = given;
            var target = Core.Download.Target.TryCreate(root, path, out var problem);

            Assert.Equal(target is null, problem is not null);
            if (target is null)
            {
                return;
            }

            Assert.Equal((root.EndsWith('/') ? root[..^1] : root) + path, target.Text);
            Assert.Equal(target.Text, target.Uri.OriginalString);
            Assert.Equal(target.Text[target.Origin.Length..], target.Uri.PathAndQuery);
            Assert.All(target.Text, c => Assert.InRange(c, '!', '~'));
            Assert.DoesNotContain('#', target.Text);
        });

    [Fact]
    public void AnyPath_StaysWithTheAuthorityOfItsBase() => Properties.Holds(
        Base.Zip(Path),
        given =>
        {
            var (root, path) = given;
            if (Core.Download.Target.TryCreate(root, path, out _) is not { } target)
            {
                return;
            }

            var plain = Core.Download.Target.TryCreate(root, "/", out _)!;
            Assert.Equal(plain.Uri.GetLeftPart(UriPartial.Authority), target.Uri.GetLeftPart(UriPartial.Authority));
            Assert.Equal((plain.Uri.IdnHost, plain.Uri.Port, ""), (target.Uri.IdnHost, target.Uri.Port, target.Uri.UserInfo));
            Assert.StartsWith(plain.Origin.ToString(), root, StringComparison.Ordinal);
        });

    [Fact]
    public void AnyPathThatIsTaken_StaysInsideInEveryReading() => Properties.Holds(
        Path,
        path =>
        {
            if (Core.Download.Target.TryCreate("http://h/base", path, out _) is not null)
            {
                Assert.All(Readings(path), reading => Assert.False(Climbs(reading), $"{path} read as {string.Join('|', reading)}"));
            }
        });

    [Fact]
    public void AnyRedirect_LeadsToAPlainUrlOrNowhere() => Properties.Holds(
        Base.Zip(Gen.OneOf(Path, Base, Path.Select(path => "/" + path), Base.Zip(Path).Select(both => both.Item1 + both.Item2))),
        given =>
        {
            var (from, location) = given;
            if (Core.Download.Target.TryCreate(from, "/", out _)?.TryRedirect(location, out _) is not { } next)
            {
                return;
            }

            Assert.True(next.Uri.Scheme == Uri.UriSchemeHttp || next.Uri.Scheme == Uri.UriSchemeHttps);
            Assert.Equal(("", ""), (next.Uri.UserInfo, next.Uri.Fragment));
            Assert.InRange(next.Uri.Port, 1, 65535);
            Assert.All(next.Text, c => Assert.InRange(c, '!', '~'));
        });

    /// <summary>The segments that an upstream may see: decoded up to three times or not, backslashes as slashes or not, parameters and
    /// a decoded query cut off or not, empty segments merged or not.</summary>
    private static IEnumerable<string[]> Readings(string target)
    {
        var path = target.Split('?')[0];
        for (var decoded = 0; decoded <= 3; decoded++, path = Uri.UnescapeDataString(path))
        {
            for (var choice = 0; choice < 8; choice++)
            {
                var read = (choice & 1) != 0 ? path.Replace('\\', '/') : path;
                var segments = read.Split('?')[0].Split('/')[1..];
                if ((choice & 2) != 0)
                {
                    segments = [.. segments.Select(segment => segment.Split(';')[0])];
                }

                if ((choice & 4) != 0)
                {
                    segments = [.. segments.Where(segment => segment.Length > 0)];
                }

                yield return segments;
            }
        }
    }

    private static bool Climbs(string[] segments)
    {
        var depth = 0;
        foreach (var segment in segments)
        {
            depth += segment switch { ".." => -1, "." => 0, _ => 1 };
            if (depth < 0)
            {
                return true;
            }
        }

        return false;
    }
}
