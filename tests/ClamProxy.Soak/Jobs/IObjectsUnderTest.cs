namespace ClamProxy.Soak.Jobs;

/// <summary>Where the contents of jobs lie.</summary>
internal interface IObjectsUnderTest : IServerUnderTest
{
    /// <summary>Whether it is a bucket, not a folder in DATA_PATH.</summary>
    bool IsBucket { get; }

    /// <summary>The size of a file that goes there by several requests, where any does.</summary>
    int LargeSize { get; }

    /// <summary>The keys of all contents, and what has been sent of others.</summary>
    Task<IReadOnlyList<string>> ListAsync();

    /// <summary>Lets nothing more of the step's actor get there from the place within its call that the step is about.</summary>
    /// <returns>Ends when that place is reached.</returns>
    Task HangWithin(JobStep step);
}
