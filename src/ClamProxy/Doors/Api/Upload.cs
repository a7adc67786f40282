using ClamProxy.Core.Failures;
using ClamProxy.Problems;

namespace ClamProxy.Doors.Api;

/// <summary>What a request brought: one of the three nested here.</summary>
internal abstract record Upload
{
    private Upload()
    {
    }

    /// <summary>Files, and the fields beside them. Disposing of it lets the files go.</summary>
    public sealed record Files(IReadOnlyList<UploadedFile> All, IReadOnlyDictionary<string, string> Fields) : Upload, IDisposable
    {
        public void Dispose()
        {
            foreach (var file in All)
            {
                file.Content.Dispose();
            }
        }
    }

    /// <summary>Not what is taken here.</summary>
    public sealed record Wrong(Problem Problem) : Upload;

    /// <summary>It could not be taken whole.</summary>
    public sealed record NotTaken(Failure Failure) : Upload;
}
