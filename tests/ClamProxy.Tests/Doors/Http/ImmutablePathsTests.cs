using ClamProxy.Core.Settings;
using ClamProxy.Doors.Http.Routing;

namespace ClamProxy.Tests.Doors.Http;

public sealed class ImmutablePathsTests
{
    private const string Wheels = "/**/*.whl";
    private const string Tarballs = "/**/-/**/*.tgz";

    [Theory]
    [InlineData(Wheels, "/a.whl")]
    [InlineData(Wheels, "/packages/ab/cd/a-1.0.whl")]
    [InlineData(Wheels, "/a.whl?download=1")]
    [InlineData(Wheels, "/a//b.whl")]
    [InlineData(Wheels, "/a%2Ewhl")]
    [InlineData(Wheels, "/a+b%20c.whl")]
    [InlineData(Wheels, "/.whl")]
    [InlineData(Wheels, "/..a/b...whl")]
    [InlineData(Tarballs, "/lodash/-/lodash-4.17.21.tgz")]
    [InlineData(Tarballs, "/@babel/core/-/core-7.0.0.tgz")]
    [InlineData(Tarballs, "/@babel%2fcore/-/core-7.0.0.tgz")]
    [InlineData(Tarballs, "/@babel/core/-/@babel/core-7.0.0.tgz")]
    [InlineData("/**/by-hash/**", "/dists/bookworm/main/by-hash/SHA256/abc")]
    [InlineData("/pool/**", "/pool/main/a/a.deb")]
    [InlineData("/**", "/x")]
    [InlineData("/*/x*y*z", "/a/x1y2z")]
    [InlineData("/*/x*y*z", "/a/xyyzz")]
    [InlineData("/a/**/b/**/c", "/a/b/b/x/c/c")]
    [InlineData("/pool/**/", "/pool/main/")]
    [InlineData("/pool/**/", "/pool/")]
    public void MatchingPath_IsImmutable(string pattern, string path) => Assert.True(new ImmutablePaths([pattern]).Contain(path));

    [Theory]
    [InlineData(Wheels, "/a.whl.metadata")]
    [InlineData(Wheels, "/a.WHL")]
    [InlineData(Wheels, "/index?file=/a.whl")]
    [InlineData(Wheels, "/a.whl/")]
    [InlineData(Wheels, "/")]
    [InlineData(Wheels, "/a.whl%3Fx")]
    [InlineData(Wheels, "/index%3F.whl/")]
    [InlineData(Wheels, "/simple%2Fa.whl")]
    [InlineData(Wheels, "/simple%5Ca.whl")]
    [InlineData(Wheels, "/simple/../a.whl")]
    [InlineData(Wheels, "/simple/./a.whl")]
    [InlineData(Wheels, "/simple/%2e%2E/a.whl")]
    [InlineData(Wheels, "/simple/x%2f..%2Fy/a.whl")]
    [InlineData(Wheels, "/simple/..;v=1/a.whl")]
    [InlineData(Wheels, "/simple/%252e%252e/a.whl")]
    [InlineData(Wheels, "/a%252ewhl")]
    [InlineData("/pool/**", "/pool/%2561.deb")]
    [InlineData("/packages/*.whl", "/packages/a/b.whl")]
    [InlineData("/packages/*.whl", "/packages/a%2fb.whl")]
    [InlineData("/*/simple", "//simple")]
    [InlineData(Tarballs, "/lodash")]
    [InlineData(Tarballs, "/@babel%2fcore")]
    [InlineData(Tarballs, "/-%2flodash-4.17.21.tgz")]
    [InlineData("/pool/**", "/pool/main/")]
    [InlineData("/pool/**", "/pool")]
    [InlineData("/**", "/")]
    [InlineData("/a/**/b/**/c", "/a/c/b")]
    public void OtherPath_IsNot(string pattern, string path) => Assert.False(new ImmutablePaths([pattern]).Contain(path));

    [Fact]
    public void PatternBehindAnExclamationMark_TakesItsMatchesOut()
    {
        var paths = new ImmutablePaths(["/**/*.jar", "!/**/*-SNAPSHOT/**"]);
        Assert.True(paths.Contain("/org/a/1.0/a-1.0.jar"));
        Assert.False(paths.Contain("/org/a/1.0-SNAPSHOT/a-1.0-SNAPSHOT.jar"));
    }

    [Fact]
    public void NoPattern_NothingIsImmutable() => Assert.False(new ImmutablePaths([]).Contain("/a.whl"));

    [Fact]
    public void LongPathAgainstManyStars_TakesNoTime()
    {
        var segments = string.Concat(Enumerable.Repeat("/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 400));
        var limit = System.Diagnostics.Stopwatch.StartNew();
        Assert.False(new ImmutablePaths(["/**/a*a*a*a*a*b/**/a*a*b/**/*b*b*b"]).Contain(segments));
        Assert.True(limit.Elapsed < TimeSpan.FromSeconds(30), $"{limit.Elapsed}");
    }

    [Theory]
    [InlineData("*.whl")]
    [InlineData("/a**")]
    [InlineData("/***")]
    [InlineData("/a?b")]
    [InlineData("/a%20b")]
    [InlineData("/a b")]
    [InlineData("!")]
    [InlineData("!!/a")]
    public void TextThatIsNoPattern_IsAProblem(string pattern)
    {
        var route = new ProxyRouteOptions { Path = "/a", Upstream = "https://a.example/", Immutable = [pattern] };
        Assert.Equal([new SettingProblem("Immutable", pattern, ImmutablePaths.Taken)], route.Problems());
    }
}
