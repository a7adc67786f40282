using ClamProxy.Core.Admission;

namespace ClamProxy.Core.Tests.Admission;

public sealed class DetachedWorkTests
{
    private static readonly AsyncLocal<string?> Ambient = new();

    [Fact]
    public async Task StateOfWhoeverStartsIt_IsNotTheWorks()
    {
        Ambient.Value = "the request's";
        var seen = new TaskCompletionSource<string?>();

        DetachedWork.Start(() =>
        {
            seen.SetResult(Ambient.Value);
            return Task.CompletedTask;
        });

        Assert.Null(await seen.Task);
        Assert.Equal("the request's", Ambient.Value);
    }

    [Fact]
    public async Task StateThatTheWorkSets_StaysWithItBehindAnAwait()
    {
        var (goOn, seen) = (new TaskCompletionSource(), new TaskCompletionSource<string?>());
        DetachedWork.Start(async () =>
        {
            Ambient.Value = "the work's";
            await goOn.Task;
            seen.SetResult(Ambient.Value);
        });

        Ambient.Value = "another's";
        goOn.SetResult();

        Assert.Equal("the work's", await seen.Task);
        Assert.Equal("another's", Ambient.Value);
    }
}
