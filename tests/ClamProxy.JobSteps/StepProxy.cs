using System.Globalization;
using System.Reflection;
using ClamProxy.Core.Jobs;

namespace ClamProxy.JobSteps;

/// <summary>
/// A store of jobs that tells of each call before it is made and after it has succeeded (<see cref="StepCaller"/>). Whatever queue or store
/// it stands in front of, nobody has to write one.
/// </summary>
public class StepProxy<T> : DispatchProxy
    where T : class
{
    private T _inner = null!;

    internal static T Around(T inner)
    {
        var proxy = Create<T, StepProxy<T>>();
        ((StepProxy<T>)(object)proxy)._inner = inner;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var call = $"{typeof(T).Name}.{targetMethod!.Name}";
        Task Made() => (Task)targetMethod.Invoke(_inner, BindingFlags.DoNotWrapExceptions, null, args, CultureInfo.InvariantCulture)!;
        if (targetMethod.ReturnType == typeof(Task))
        {
            return TellAsync(call, IdOf(args!), Made);
        }

        if (targetMethod.ReturnType.IsGenericType && targetMethod.ReturnType.GetGenericTypeDefinition() == typeof(Task<>))
        {
            return typeof(StepProxy<T>).GetMethod(nameof(TellOfAsync), BindingFlags.NonPublic | BindingFlags.Static)!
                .MakeGenericMethod(targetMethod.ReturnType.GetGenericArguments()).Invoke(null, [call, IdOf(args!), (Func<Task>)Made]);
        }

        return targetMethod.Invoke(_inner, BindingFlags.DoNotWrapExceptions, null, args, CultureInfo.InvariantCulture);
    }

    private static async Task TellAsync(string call, string id, Func<Task> made)
    {
        await StepCaller.TellAsync(call, "before", id, "-");
        await made();
        await StepCaller.TellAsync(call, "after", id, "-");
    }

    private static async Task<TResult> TellOfAsync<TResult>(string call, string id, Func<Task> made)
    {
        await StepCaller.TellAsync(call, "before", id, "-");
        var result = await (Task<TResult>)made();
        await StepCaller.TellAsync(call, "after", result is TakenJob taken ? taken.Job.Id : id, result switch
        {
            null => "null",
            bool isSo => isSo ? "true" : "false",
            _ => "value",
        });
        return result;
    }

    /// <summary>The job that a call is about; keys begin with its id.</summary>
    private static string IdOf(object?[] arguments) => arguments.Length == 0 ? "-" : arguments[0] switch
    {
        Job job => job.Id,
        TakenJob taken => taken.Job.Id,
        string key => key[(key.LastIndexOf('/') + 1)..].Split('_')[0],
        _ => "-",
    };
}
