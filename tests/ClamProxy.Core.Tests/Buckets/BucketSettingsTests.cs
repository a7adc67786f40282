using ClamProxy.Core.Buckets;

namespace ClamProxy.Core.Tests.Buckets;

/// <summary>Flows that would lose objects, pass them unscanned or never end are refused at the start.</summary>
public sealed class BucketSettingsTests
{
    [Theory]
    [InlineData("s3://come", "s3://clean", "s3://bad", "")]
    [InlineData("s3://one/in", "s3://one/clean", "s3://one/bad", "")]
    [InlineData("s3://come", "", "s3://bad", "")]
    [InlineData("s3://one/in", "s3://one/in2", "s3://bad", "")]
    [InlineData("", "s3://clean", "s3://bad", "Untrusted")]
    [InlineData("s3://come", "s3://clean", "", "Quarantine")]
    [InlineData("come", "s3://clean", "s3://bad", "Untrusted")]
    [InlineData("s3://come", "s3://come", "s3://bad", "Clean")]
    [InlineData("s3://come", "s3://come/clean", "s3://bad", "Clean")]
    [InlineData("s3://one/clean/in", "s3://one/clean", "s3://bad", "Clean")]
    [InlineData("s3://come", "s3://out", "s3://out", "Quarantine")]
    [InlineData("s3://come", "s3://out/clean", "s3://out", "Quarantine")]
    public void Places_DoNotOverlap(string untrusted, string clean, string quarantine, string wrong)
    {
        var flow = new BucketFlowOptions { Untrusted = untrusted, Clean = clean, Quarantine = quarantine };

        Assert.Equal(wrong, string.Join(',', flow.Problems().Select(problem => problem.Property)));
    }

    [Theory]
    [InlineData("uploads", "")]
    [InlineData("uploads.fifo", "")]
    [InlineData("https://sqs.eu-west-3.amazonaws.com/123456789012/uploads", "")]
    [InlineData("up loads", "Queue")]
    [InlineData("https://name:word@sqs.example.org/1/uploads", "Queue")]
    [InlineData("https://sqs.example.org/", "Queue")]
    [InlineData("same", "Forward")]
    public void Queue_IsANameOrAUrl(string queue, string wrong)
    {
        var flow = new BucketFlowOptions { Untrusted = "s3://come", Quarantine = "s3://bad", Queue = queue, Forward = "same" };

        Assert.Equal(wrong, string.Join(',', flow.Problems().Select(problem => problem.Property)));
    }

    [Fact]
    public void QueueOfTwoFlows_IsRefused()
    {
        var options = new BucketOptions
        {
            Buckets = new Dictionary<string, BucketFlowOptions>
            {
                ["a"] = new() { Untrusted = "s3://aaa", Quarantine = "s3://bad", Queue = "events" },
                ["b"] = new() { Untrusted = "s3://bbb", Quarantine = "s3://bad", Queue = "events" },
            },
        };

        Assert.Equal("Buckets:b:Queue", Assert.Single(options.Problems()).Property);
    }

    [Fact]
    public void VariablesOfTheSeeds_MakeAFlow()
    {
        var flow = new BucketVariables
        {
            Queue = "events",
            CleanBucket = "clean",
            CleanPrefix = "/passed/",
            QuarantineBucket = "bad",
        }.Flow!;

        Assert.Equal(("", "s3://clean/passed", "s3://bad", "events"), (flow.Untrusted, flow.Clean, flow.Quarantine, flow.Queue));
        Assert.Empty(flow.Problems());
        Assert.Null(new BucketVariables().Flow);
    }

    [Fact]
    public void ObjectsThatAreOnlyTagged_NeedNoQuarantine()
    {
        var variables = new BucketVariables { Queue = "events", UntrustedBucket = "come", Action = BucketAction.Tag };

        Assert.Empty(variables.Problems());
        Assert.Equal((BucketAction.Tag, "s3://come", ""), (variables.Flow!.Action, variables.Flow.Untrusted, variables.Flow.Quarantine));
    }

    [Theory]
    [InlineData("", "clean", "", "QuarantineBucket")]
    [InlineData("come", "come", "bad", "CleanBucket")]
    [InlineData("", "clean", "b/ad", "QuarantineBucket")]
    public void VariablesThatMakeNoSafeFlow_AreRefused(string untrusted, string clean, string quarantine, string wrong)
    {
        var variables = new BucketVariables
        {
            UntrustedBucket = untrusted,
            CleanBucket = clean,
            QuarantineBucket = quarantine,
            Queue = "events",
        };

        Assert.Contains(wrong, variables.Problems().Select(problem => problem.Property));
    }
}
