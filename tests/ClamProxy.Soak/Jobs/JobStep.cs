namespace ClamProxy.Soak.Jobs;

/// <summary>A moment in a job's life, between two of the calls that it consists of.</summary>
/// <param name="Name">As the table calls it.</param>
/// <param name="Actor">Who makes the call: <see cref="JobPart.Api"/> or <see cref="JobPart.Worker"/>.</param>
/// <param name="Call">The contract and its method, such as <c>IJobQueue.AddAsync</c>.</param>
/// <param name="IsBefore">Whether the call is still to be made.</param>
internal sealed record JobStep(string Name, JobPart Actor, string Call, bool IsBefore = false)
{
    /// <summary>A worker has the content, and a scanner that does not answer.</summary>
    public static readonly JobStep Scanning = new("being scanned", JobPart.Worker, "IObjectStore.GetAsync");

    /// <summary>A client deletes a job that has ended.</summary>
    public static readonly JobStep Deleting = new("content deleted", JobPart.Api, "IObjectStore.DeleteAsync");

    /// <summary>From the first step to the last.</summary>
    public static readonly IReadOnlyList<JobStep> All =
    [
        new("upload here", JobPart.Api, "IObjectStore.PutAsync", IsBefore: true),
        new("content kept", JobPart.Api, "IObjectStore.PutAsync"),
        new("known as pending", JobPart.Api, "IResultStore.AddAsync"),
        new("queued", JobPart.Api, "IJobQueue.AddAsync"),
        new("taken", JobPart.Worker, "IJobQueue.TakeAsync"),
        Scanning,
        new("scanned", JobPart.Worker, "IResultStore.FinishKnownAsync", IsBefore: true),
        new("result recorded", JobPart.Worker, "IResultStore.FinishKnownAsync"),
        new("content moved", JobPart.Worker, "IObjectStore.MoveAsync"),
        new("completed", JobPart.Worker, "IJobQueue.CompleteAsync"),
        Deleting,
    ];

    public bool CanMeet(JobPart part, JobDeath death) => death switch
    {
        JobDeath.Killed => true,
        JobDeath.AnswerLost => part == JobPart.Queue && !IsBefore
            && (Call.StartsWith("IJobQueue", StringComparison.Ordinal) || Call.StartsWith("IResultStore", StringComparison.Ordinal)),

        // A job that was completed comes to nobody else.
        JobDeath.Stopped => part == JobPart.Worker && Actor == JobPart.Worker && this != Scanning && Call != "IJobQueue.CompleteAsync",
    };

    public bool IsMet(StepCall call) =>
        call.Role == Actor && call.Call == Call && call.IsBefore == IsBefore
        // Nothing was taken.
        && (call.Call != "IJobQueue.TakeAsync" || IsBefore || call.Result != "null");
}
