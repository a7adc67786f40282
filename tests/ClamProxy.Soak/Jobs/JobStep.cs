namespace ClamProxy.Soak.Jobs;

/// <summary>A moment in a job's life, between two of the calls that it consists of.</summary>
/// <param name="Name">As the table calls it.</param>
/// <param name="Actor">Who makes the call: <see cref="JobPart.Api"/> or <see cref="JobPart.Worker"/>.</param>
/// <param name="Call">The contract and its method, such as <c>IJobQueue.AddAsync</c>, or what several such begin with.</param>
/// <param name="IsBefore">Whether the call is still to be made.</param>
internal sealed record JobStep(string Name, JobPart Actor, string Call, bool IsBefore = false)
{
    /// <summary>A worker has the content, and a scanner that does not answer.</summary>
    public static readonly JobStep Scanning = new("being scanned", JobPart.Worker, "IObjectStore.GetAsync");

    /// <summary>A client deletes a job that has ended.</summary>
    public static readonly IReadOnlyList<JobStep> Deleting =
    [
        new("content deleted", JobPart.Api, "IObjectStore.DeleteAsync"),
        new("result deleted", JobPart.Api, "IResultStore.DeleteAsync"),
    ];

    /// <summary>A content that is sent in parts is there in part.</summary>
    public static readonly JobStep Sending =
        new("content half sent", JobPart.Api, "IObjectStore.PutAsync", IsBefore: true) { IsWithin = true };

    /// <summary>A content is about to be brought here from a bucket.</summary>
    public static readonly JobStep Fetching = new("content asked for", JobPart.Worker, "IObjectStore.GetAsync", IsBefore: true)
    {
        NeedsBucket = true,
    };

    /// <summary>A content lies under both keys.</summary>
    public static readonly JobStep Copied =
        new("content copied", JobPart.Worker, "IObjectStore.MoveAsync", IsBefore: true) { IsWithin = true };

    public static readonly JobStep Queued = new("queued", JobPart.Api, "IJobQueue.AddAsync");

    public static readonly JobStep Taken = new("taken", JobPart.Worker, "IJobQueue.TakeAsync");

    /// <remarks>Its call is FinishAsync where a worker may know nothing of a job: with results for each machine.</remarks>
    public static readonly JobStep Recorded = new("result recorded", JobPart.Worker, "IResultStore.Finish");

    /// <summary>From the first step to the last.</summary>
    public static readonly IReadOnlyList<JobStep> All =
    [
        new("upload here", JobPart.Api, "IObjectStore.PutAsync", IsBefore: true),
        Sending,
        new("content kept", JobPart.Api, "IObjectStore.PutAsync"),
        new("known as pending", JobPart.Api, "IResultStore.AddAsync"),
        Queued,
        Taken,
        Fetching,
        Scanning,
        new("scanned", JobPart.Worker, "IResultStore.Finish", IsBefore: true),
        Recorded,
        Copied,
        new("content moved", JobPart.Worker, "IObjectStore.MoveAsync"),
        new("completed", JobPart.Worker, "IJobQueue.CompleteAsync"),
        .. Deleting,
    ];

    /// <summary>Whether it is a moment within the call, between two of its requests to a bucket.</summary>
    public bool IsWithin { get; private init; }

    /// <summary>Whether it is one where contents lie in a bucket alone.</summary>
    public bool NeedsBucket
    {
        get => field || IsWithin;
        private init;
    }

    /// <summary>How API and workers fail at it.</summary>
    public IEnumerable<JobDeath> DeathsOf(JobPart part)
    {
        yield return JobDeath.Killed;

        // A job that was completed comes to nobody else.
        if (part == JobPart.Worker && Actor == JobPart.Worker && this != Scanning && !IsWithin && Call != "IJobQueue.CompleteAsync")
        {
            yield return JobDeath.Stopped;
        }
    }

    public bool IsMet(StepCall call) =>
        call.Role == Actor && call.Call.StartsWith(Call, StringComparison.Ordinal) && call.IsBefore == IsBefore
        // Nothing was taken.
        && (call.Call != "IJobQueue.TakeAsync" || IsBefore || call.Result != "null");
}
