/** Starts the console: texts of the chosen language, theme, cache, pages. */
import '@mantine/core/styles.css'
import '@mantine/dates/styles.css'
import '@mantine/notifications/styles.css'
import '../kit/kit.css'
import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { createRoot } from 'react-dom/client'
import { queryClient } from '../kit/call.ts'
import { chosenLanguage, nearestLanguage, startTexts } from '../kit/i18n.ts'
import { everyText } from '../kit/texts/every.ts'
import { cssVariables, theme } from '../kit/theme.ts'
import { router } from './router.tsx'

await startTexts(chosenLanguage() ?? nearestLanguage(navigator.language), everyText)

createRoot(document.getElementById('root')!).render(
  <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
    <QueryClientProvider client={queryClient}>
      <Notifications position="bottom-center" />
      <RouterProvider router={router} />
    </QueryClientProvider>
  </MantineProvider>,
)
