# Fetches uPlot with npm into FOLDER, by the lock file. Where npm is not there or the registry does
# not answer, the folder keeps no uPlot and the report is built without it: that is said, not fatal.
#   cmake -DSOURCE=... -DFOLDER=... -P fetch_uplot.cmake
set(wanted ${FOLDER}/node_modules/uplot/dist/uPlot.iife.min.js)
file(MAKE_DIRECTORY ${FOLDER})
file(COPY ${SOURCE}/package.json ${SOURCE}/package-lock.json DESTINATION ${FOLDER})
find_program(npm npm)
if(npm AND NOT EXISTS ${wanted})
  execute_process(
    COMMAND ${npm} ci --ignore-scripts --no-audit --no-fund --fetch-retries=1 --fetch-timeout=20000
    WORKING_DIRECTORY ${FOLDER} RESULT_VARIABLE failed OUTPUT_QUIET ERROR_VARIABLE said)
endif()
if(NOT EXISTS ${wanted})
  message("HTML reports are built without zoomable charts: npm did not bring uPlot. ${said}")
  file(WRITE ${FOLDER}/none "")
endif()
