using ClamProxy.Fuzz;
using ClamProxy.TestKit;

namespace ClamProxy.Tests.Fuzz;

/// <summary>The short form of what fuzz/README.md describes.</summary>
public sealed class FuzzTests
{
    private const int Mutations = 20_000;

    [Theory]
    [InlineData("clamd-reply")]
    [InlineData("ext-proc-message")]
    [InlineData("ext-proc-state")]
    [InlineData("range-field")]
    [InlineData("icap-request")]
    public void CorpusAndItsMutations_HoldTheProperties(string name)
    {
        var target = FuzzTarget.All.Single(one => one.Name == name);
        var corpus = Corpus.Read(Repository.File("fuzz/corpus"), target);

        var totals = FuzzRun.Run(target, corpus, Mutations, seed: 1);

        Assert.True(corpus.Count >= 40, $"a corpus of {corpus.Count}");
        Assert.Empty(totals.Violations.Select(violation => $"{violation.Property}: {Convert.ToHexString(violation.Input)}"));
        Assert.True(totals.Classes.Count > 10, $"mutations reached {totals.Classes.Count} classes only");
    }

    [Fact]
    public void SameSeed_MakesTheSameInputs()
    {
        var target = FuzzTarget.All[0];
        var corpus = Corpus.Read(Repository.File("fuzz/corpus"), target);

        Assert.Equal(FuzzRun.Run(target, corpus, 2000, seed: 7).Classes, FuzzRun.Run(target, corpus, 2000, seed: 7).Classes);
    }
}
