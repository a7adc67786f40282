using ClamProxy.Core.Clamd;

namespace ClamProxy.Core.Tests.Clamd;

public sealed class ClamdEndpointTests
{
    [Theory]
    [InlineData("tcp://127.0.0.1:3311", "tcp://127.0.0.1:3311")]
    [InlineData("TCP://clamav:3310/", "tcp://clamav:3310")]
    [InlineData("clamav", "tcp://clamav:3310")]
    [InlineData(" clamav:1 ", "tcp://clamav:1")]
    [InlineData("10.0.0.7", "tcp://10.0.0.7:3310")]
    [InlineData("[::1]:3310", "tcp://[::1]:3310")]
    [InlineData("tcp://[::1]", "tcp://[::1]:3310")]
    [InlineData("unix:///run/clamav/clamd.ctl", "unix:///run/clamav/clamd.ctl")]
    public void RightText_IsAnEndpoint(string text, string name) => Assert.Equal(name, ClamdEndpoint.TryParse(text)?.Text);

    [Theory]
    [InlineData("")]
    [InlineData("tcp://")]
    [InlineData(":3310")]
    [InlineData("clamav:")]
    [InlineData("clamav:0")]
    [InlineData("clamav:65536")]
    [InlineData("clamav:-1")]
    [InlineData("clamav:3310x")]
    [InlineData("::1:3310")]
    [InlineData("[::1")]
    [InlineData("[::1]3310")]
    [InlineData("http://clamav:3310")]
    [InlineData("tcp://user@clamav:3310")]
    [InlineData("tcp://clamav:3310/path")]
    [InlineData("unix://relative")]
    [InlineData("unix:///")]
    [InlineData("/run/clamd.ctl")]
    [InlineData("a b")]
    public void WrongText_IsNone(string text) => Assert.Null(ClamdEndpoint.TryParse(text));

    [Fact]
    public void UnixPathTooLongForTheKernel_IsNone() => Assert.Null(ClamdEndpoint.TryParse("unix:///" + new string('x', 200)));

    [Fact]
    public void WrongOptions_AreAllNamed()
    {
        var options = new ClamdOptions { Hosts = ["http://x", "clamav", "tcp://clamav:3310"], MaxLargeScansPerHost = 9 };
        Assert.Equal(["http://x", "tcp://clamav:3310", "9"], options.Problems().Select(problem => problem.Value));
    }

    [Fact]
    public void Defaults_HaveNoProblem() => Assert.Empty(new ClamdOptions().Problems());
}
