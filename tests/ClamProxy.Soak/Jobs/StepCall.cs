namespace ClamProxy.Soak.Jobs;

/// <summary>What a process told of one call (ClamProxy.JobSteps).</summary>
/// <param name="Id">The job's; "-": the call is about none.</param>
/// <param name="Result">true, false, null, or value for any other.</param>
internal sealed record StepCall(JobPart Role, string Call, bool IsBefore, string Id, string Result)
{
    public static StepCall Parse(string line) => line.Split(' ') is [var role, var call, var moment, var id, var result]
        ? new(Enum.Parse<JobPart>(role), call, moment == "before", id, result)
        : throw new FormatException($"no call: {line}");
}
