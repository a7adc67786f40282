using ClamProxy.Core.Settings;

namespace ClamProxy.Tests.Configuration;

public sealed class SampleRoute
{
    [Setting("a path")]
    public string Path { get; set; } = "";

    [Setting("True or False")]
    public bool CacheScan { get; set; }

    [Setting("rewrites")]
    public IReadOnlyList<SampleRewrite> Rewrite { get; set; } = [];
}
