using ClamProxy.Core.Buckets.Events;
using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Buckets;

/// <summary>Logs and counts what became of objects.</summary>
internal sealed class BucketReport(ILogger<BucketFlow> logger)
{
    public void Ended(string flow, ObjectEvent told, FlowResult result)
    {
        switch (result)
        {
            case FlowResult.Done { Decision.Verdict: var verdict }:
                logger.Done(flow, told.Bucket, told.Key, $"{verdict.Verdict}");
                break;
            case FlowResult.Unneeded { Why: var why }:
                logger.Unneeded(flow, told.Bucket, told.Key, why);
                break;
            case FlowResult.Later { Failure: var failure }:
                logger.Later(flow, told.Bucket, told.Key, failure.DetailAndCause);
                break;
        }
    }
}
