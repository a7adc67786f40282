using ClamProxy.Core.Scanning;
using ClamProxy.Core.Verdicts;
using Google.Protobuf.WellKnownTypes;

namespace ClamProxy.Doors.ExtProc;

/// <summary>The verdict as dynamic metadata of Envoy, in the namespace <c>clamproxy</c>: for its access log and further filters.</summary>
internal static class VerdictMetadata
{
    private const string Namespace = "clamproxy";

    /// <param name="isPartial">Only the beginning of the body was shown: what is said holds for that.</param>
    public static Struct Of(Direction direction, ScanDecision decision, bool isPartial = false)
    {
        var facts = new Struct();
        facts.Fields["decision"] = Value.ForString(Name(decision));
        if (decision is ScanDecision.Judged { Verdict: var verdict })
        {
            facts.Fields["verdict"] = Value.ForString(verdict.Verdict.Name() ?? "none");
            Add(facts, "signature", verdict.Signature);
            Add(facts, "reason", verdict.Reason.Name());
            Add(facts, "sha256", verdict.Sha256);
            facts.Fields["known"] = Value.ForBool(decision.Origin == VerdictOrigin.Known);
        }

        if (isPartial)
        {
            facts.Fields["partial"] = Value.ForBool(true);
        }

        // One field for each direction: what a request was said to be stays when its response is.
        return Wrap(Namespace, Wrap(direction == Direction.Request ? "request" : "response", facts));
    }

    public static string Name(ScanDecision decision) => decision switch
    {
        ScanDecision.Clean => "clean",
        ScanDecision.Released => "released",
        ScanDecision.Refused => "refused",
        _ => "failed",
    };

    private static void Add(Struct facts, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            facts.Fields[name] = Value.ForString(value);
        }
    }

    private static Struct Wrap(string name, Struct inner)
    {
        var outer = new Struct();
        outer.Fields[name] = Value.ForStruct(inner);
        return outer;
    }
}
