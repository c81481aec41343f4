using Zones.Tool.Cli;

StandardDescriptors.OpenMissing();
return await CommandLine.RunAsync(args);
