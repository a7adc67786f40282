using System.Diagnostics.Metrics;

namespace ClamProxy.Rewriting;

/// <summary>How many answers and links were rewritten; no links where an upstream's links have changed and no rule matches them.</summary>
internal sealed class RewritingMetrics
{
    private readonly Counter<long> _answers;
    private readonly Counter<long> _links;
    private readonly Counter<long> _foreign;

    public RewritingMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("ClamProxy.Rewriting");
        _answers = meter.CreateCounter<long>("clamproxy.rewriting.answers", "{answer}", "Text answers whose links a route rewrites.");
        _links = meter.CreateCounter<long>("clamproxy.rewriting.links", "{link}", "Links that were rewritten.");
        _foreign = meter.CreateCounter<long>(
            "clamproxy.rewriting.foreign_answers", "{answer}",
            "Text answers that link to packages on hosts that nothing rewrites, by whether they were refused or passed.");
        // Seen from the start: a rate of a counter that was never there is no rate.
        Sent(0, answers: 0);
        Foreign(isRefused: false, answers: 0);
        Foreign(isRefused: true, answers: 0);
    }

    public void Sent(long links) => Sent(links, answers: 1);

    public void Foreign(bool isRefused) => Foreign(isRefused, answers: 1);

    private void Foreign(bool isRefused, long answers) =>
        _foreign.Add(answers, new KeyValuePair<string, object?>("outcome", isRefused ? "refused" : "passed"));

    private void Sent(long links, long answers)
    {
        _answers.Add(answers);
        _links.Add(links);
    }
}
