using ClamProxy.Core.Clamd;

namespace ClamProxy.Core.Tests.Clamd;

/// <summary>docs/operations.md says how large the contents of a scanner's test are, so that a log collector can leave them out.</summary>
public sealed class CanarySizeTests
{
    [Fact]
    public void EveryCanary_IsAsLargeAsTheDocumentSays()
    {
        var page = File.ReadAllText(TestKit.Repository.File("docs/operations.md"));
        var sizes = Canaries.All.Append(Canaries.Encrypted).Select(canary => (canary.Name, canary.Content.Length))
            .Append((Canaries.EicarInZip.Name, Canaries.EicarInZip.Fresh!().Length))
            .Append(("size", SizeProbe.Claiming(1).Length));

        Assert.All(sizes, size => Assert.Contains($"{size.Item2}", Row(page, size.Item1), StringComparison.Ordinal));
    }

    private static string Row(string page, string name) =>
        Assert.Single(page.Split('\n'), line => line.StartsWith($"| `{name}` |", StringComparison.Ordinal));
}
