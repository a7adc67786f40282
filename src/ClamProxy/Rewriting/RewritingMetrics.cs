using System.Diagnostics.Metrics;

namespace ClamProxy.Rewriting;

/// <summary>How many answers had their links written anew; none where an upstream's links have changed and no rule fits any more.</summary>
internal sealed class RewritingMetrics
{
    private readonly Counter<long> _answers;
    private readonly Counter<long> _links;

    public RewritingMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("ClamProxy.Rewriting");
        _answers = meter.CreateCounter<long>("clamproxy.rewriting.answers", "{answer}", "Text answers that were sent through a route's rewriting.");
        _links = meter.CreateCounter<long>("clamproxy.rewriting.links", "{link}", "Links that were written anew.");
    }

    public void Sent(long links)
    {
        _answers.Add(1);
        _links.Add(links);
    }
}
