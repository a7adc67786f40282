using ClamProxy.Core.Settings;

namespace ClamProxy.Tests.Configuration;

public sealed class SampleRewrite
{
    [Setting("a URL")]
    public string From { get; set; } = "";

    [Setting("a path")]
    public string To { get; set; } = "";
}
