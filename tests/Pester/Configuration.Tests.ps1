# Sync-TentacleConfiguration, Invoke-PandoraSync -IncludeConfiguration and sync_config, in the real shell.
BeforeAll {
    . ([IO.Path]::Combine($PSScriptRoot, 'Common.ps1'))
    $filters = '.*\.conf:conf;.*\.md5:md5;.*\.zip:collections;.*\.rcmd:commands'

    function Get-Md5($Bytes) { [Convert]::ToHexString([Security.Cryptography.MD5]::HashData([byte[]] $Bytes)).ToLowerInvariant() }
    function Get-AgentFile($Agent) { Get-Md5 ([Text.Encoding]::UTF8.GetBytes($Agent)) }
    function Save-Configuration($Side, $Agent, $More = '') {
        $text = "agent_name $Agent`n$More`n"
        $file = Get-AgentFile $Agent
        [IO.File]::WriteAllText("$Side/conf/$file.conf", $text)
        [IO.File]::WriteAllText("$Side/md5/$file.md5", (Get-Md5 ([Text.Encoding]::UTF8.GetBytes($text))))
    }
    function Read-Configuration($Side, $Agent) { $path = "$Side/conf/$(Get-AgentFile $Agent).conf"; if ([IO.File]::Exists($path)) { [IO.File]::ReadAllText($path) } }
    function New-Side {
        $side = New-Folder
        foreach ($folder in 'conf', 'md5', 'collections', 'commands') { $null = [IO.Directory]::CreateDirectory("$side/$folder") }
        $side
    }
}

Describe 'Configurations of agents' {
    BeforeEach {
        $main = New-Side
        $buffer = New-Side
        $server = Start-TentacleServer $buffer -Address 127.0.0.1 -Port 0 -Overwrite -Filter $filters
        $site = "127.0.0.1:$($server.Port)"
        Save-Configuration $buffer 'web01' '# 1'
        Save-Configuration $buffer 'web02' '# 1'
    }

    AfterEach { Stop-TentacleServer $server }

    It 'come up, and changes go to the other side, each an object' {
        $results = Sync-TentacleConfiguration $site $main

        $results.Agent | Sort-Object | Should -Be 'web01', 'web02'
        $results | ForEach-Object { $_.Result, $_.Direction, $_.Kind, $_.Reason, $_.Site | Should -Be 'Copied', 'Up', 'Configuration', 'new at the site', $site }
        Sync-TentacleConfiguration $site $main | Should -BeNullOrEmpty

        Save-Configuration $main 'web01' '# 2'
        $result = Sync-TentacleConfiguration -ComputerName $site -Destination $main
        $result.Direction | Should -Be 'Down'
        Read-Configuration $buffer 'web01' | Should -Be "agent_name web01`n# 2`n"
        ($result | ConvertTo-Json | ConvertFrom-Json).File | Should -Be "$(Get-AgentFile 'web01').conf"
    }

    It 'are listed with direction and reason by -WhatIf, and stay' {
        $shell = Get-Shell
        $command = "Import-Module '$([IO.Path]::GetFullPath([IO.Path]::Combine($PSScriptRoot, '..', '..', 'artifacts', 'module', 'PandoraSync')))'; Sync-TentacleConfiguration $site '$main' -WhatIf"
        $output = & $shell[0] @($shell | Select-Object -Skip 1) -Command $command | Out-String
        $output | Should -BeLike "*What if: Performing the operation ""Copy to the main side: new at the site"" on target ""$(Get-AgentFile 'web01').conf of $site"".*"
        Get-FileName "$main/conf" | Should -BeNullOrEmpty
    }

    It 'that both sides have changed are decided by -Prefer, and the other one is kept and warned of' {
        $null = Sync-TentacleConfiguration $site $main
        Save-Configuration $main 'web01' '# main'
        Save-Configuration $buffer 'web01' '# site'

        (Sync-TentacleConfiguration $site $main -Prefer Neither -WarningAction SilentlyContinue -WarningVariable warnings).Result | Should -Be 'Conflict'
        "$warnings" | Should -BeLike '*stays as it is on both sides: -Prefer Main or Site decides.'
        $result = Sync-TentacleConfiguration $site $main -Prefer Site -WarningAction SilentlyContinue
        $result.Direction | Should -Be 'Up'
        [IO.File]::ReadAllText($result.KeptAs) | Should -BeLike '*# main*'
        Read-Configuration $main 'web01' | Should -BeLike '*# site*'
    }

    It 'that were deleted are reported, and removed with -RemoveDeleted' {
        $null = Sync-TentacleConfiguration $site $main
        [IO.File]::Delete("$main/conf/$(Get-AgentFile 'web01').conf")
        [IO.File]::Delete("$main/md5/$(Get-AgentFile 'web01').md5")

        (Sync-TentacleConfiguration $site $main).Result | Should -Be 'Deleted'
        (Sync-TentacleConfiguration $site $main -RemoveDeleted).Result | Should -Be 'Removed'
        Read-Configuration $buffer 'web01' | Should -BeNullOrEmpty
    }

    It 'go in one direction with -UpOnly or -DownOnly, and not with both' {
        $null = Sync-TentacleConfiguration $site $main
        Save-Configuration $main 'web01' '# 2'
        Save-Configuration $buffer 'web02' '# 2'
        (Sync-TentacleConfiguration $site $main -UpOnly).Agent | Should -Be 'web02'
        (Sync-TentacleConfiguration $site $main -DownOnly).Agent | Should -Be 'web01'
        { Sync-TentacleConfiguration $site $main -UpOnly -DownOnly } | Should -Throw '*leave nothing to do*'
    }

    It 'are carried by Invoke-PandoraSync when it is asked to, after the drain' {
        [IO.File]::WriteAllText("$buffer/a.1760000000.data", 'x')
        $results = Invoke-PandoraSync $site $main -IncludeConfiguration

        $results[0].Files, $results[1].Result | Should -Be 1, 'Copied'
        @($results).Count | Should -Be 3
        @(Invoke-PandoraSync $site $main).Count | Should -Be 1
    }

    It 'are carried as pandora_server.conf says with sync_config 1' {
        $conf = New-File 'pandora_server.conf' "syncserver 1`nsync_address 127.0.0.1`nsync_port $($server.Port)`nincomingdir $main`nsync_config 1`nsync_config_direction up`nsync_config_prefer neither`n"
        (Invoke-PandoraSync -ConfigPath $conf | Select-Object -Skip 1).Agent | Sort-Object | Should -Be 'web01', 'web02'
        Save-Configuration $main 'web01' '# 2'
        Sync-TentacleConfiguration -ConfigPath $conf | Should -BeNullOrEmpty
        (Sync-TentacleConfiguration -ConfigPath $conf -DownOnly).Agent | Should -Be 'web01'
        (Get-PandoraSyncConfiguration $conf -Settings | Where-Object Key -EQ 'sync_config').Value | Should -Be '1'
        $wrong = New-File 'pandora_server.conf' "syncserver 1`nsync_address 127.0.0.1`nincomingdir $main`nsync_config_prefer mine`n"
        { Sync-TentacleConfiguration -ConfigPath $wrong } | Should -Throw '*line 4: sync_config_prefer must be main, site or neither*'
    }

    It 'come with collections and commands, of which a refused one is an error of its own' {
        Save-Configuration $buffer 'web01' "file_collection fc_1`nfile_collection fc_2"
        foreach ($name in 'fc_1', 'fc_2') {
            $content = [byte[]]::new($(if ($name -eq 'fc_1') { 3000000 } else { 10 }))
            [IO.File]::WriteAllBytes("$main/collections/$name.zip", $content)
            [IO.File]::WriteAllText("$main/md5/$name.md5", (Get-Md5 $content))
        }
        [IO.File]::WriteAllText("$main/commands/$(Get-AgentFile 'web01').rcmd", 'uptime')

        $results = Sync-TentacleConfiguration $site $main -ErrorAction SilentlyContinue -ErrorVariable problems

        $problems.Count | Should -Be 1
        $problems[0].FullyQualifiedErrorId | Should -BeLike 'Tentacle.Refused*'
        $results | Where-Object Kind -NE 'Configuration' | ForEach-Object { "$($_.File) $($_.Result)" } | Should -Be 'fc_1.zip Failed', 'fc_2.zip Copied', "$(Get-AgentFile 'web01').rcmd Copied"
        [IO.File]::Delete("$buffer/commands/$(Get-AgentFile 'web01').rcmd")
        Sync-TentacleConfiguration $site $main -ErrorAction SilentlyContinue | Where-Object Kind -EQ 'Command' | Should -BeNullOrEmpty
    }

    It 'of a site that cannot be reached give a row and an error, and others are done' {
        $results = '127.0.0.1:1', $site | Sync-TentacleConfiguration -Destination $main -RetryCount 0 -ErrorAction SilentlyContinue -ErrorVariable problems
        $results | Where-Object Kind -EQ 'Site' | ForEach-Object { $_.Site, $_.Result | Should -Be '127.0.0.1:1', 'Unreachable' }
        $problems.Count | Should -Be 1
        Read-Configuration $main 'web01' | Should -Not -BeNullOrEmpty
    }

    It 'need their folders on the main side, and say which is missing' {
        [IO.Directory]::Delete("$main/conf")
        $results = Sync-TentacleConfiguration $site $main -ErrorAction SilentlyContinue -ErrorVariable problems
        $results.Result | Should -Be 'LocalFile'
        $problems[0].ErrorDetails.RecommendedAction | Should -BeLike 'Create it*'
    }

    It 'stay as they are where nobody can be asked, and the next run goes on' {
        $shell = [powershell]::Create()
        $null = $shell.AddScript({ param($module, $site, $main) Import-Module $module; Sync-TentacleConfiguration $site $main -Confirm }).AddArgument($module).AddArgument($site).AddArgument($main).Invoke()
        $shell.HadErrors | Should -BeTrue
        $shell.Dispose()
        Get-FileName "$main/conf" | Should -BeNullOrEmpty
        (Sync-TentacleConfiguration $site $main).Count | Should -Be 2
    }

    It 'complete the values of -Prefer' {
        ([Management.Automation.CommandCompletion]::CompleteInput('Sync-TentacleConfiguration -Prefer ', 35, $null)).CompletionMatches.CompletionText | Should -Be 'Main', 'Neither', 'Site'
    }
}
